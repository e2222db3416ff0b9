SELECT position FROM disclosure.head
