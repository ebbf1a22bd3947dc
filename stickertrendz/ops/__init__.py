"""Everything cross-cutting: work items, runs, guard, intents, errors, alerts, switches. Imports none of ours."""
