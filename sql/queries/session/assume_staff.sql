SET ROLE registry_staff
