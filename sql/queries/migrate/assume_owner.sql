SET LOCAL ROLE registry_owner
