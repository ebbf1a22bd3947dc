"""Everything cross-cutting: work items, runs, the guard, intents, errors, alerts, switches, meters. Imports none of ours."""
