"""Everything cross-cutting: work items, runs, guard, intents, errors, alerts, switches, meters. Imports none of ours."""
