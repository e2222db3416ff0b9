"""The planner: a root field's selection becomes one SQL statement whose JSON goes to the caller as it is."""
