SET ROLE registry_owner
