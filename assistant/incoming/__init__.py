"""Files into notes: read, followed as they change, reviewed by a person where one wants to."""
