SET ROLE registry_public
