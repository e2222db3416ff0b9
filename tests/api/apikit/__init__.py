"""What the API's tests are made with: registers, clients, and the reference that the planner is held to."""
