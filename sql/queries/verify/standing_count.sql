SELECT count(*) FROM disclosure.standing
