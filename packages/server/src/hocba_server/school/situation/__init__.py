"""How the school's year stands, told to the department: signed, once a day and by hand."""
