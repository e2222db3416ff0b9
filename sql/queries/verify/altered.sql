SELECT rule, subject, detail FROM register.find_altered()
