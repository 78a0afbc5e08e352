package catalog

// Problems are all that is wrong with a descriptor, each a sentence that begins
// with the field.
func Problems(e Entity) []string { return validate(e) }
