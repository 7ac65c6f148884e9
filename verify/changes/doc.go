// Package changes compares two states of a PDF: the one that a signature covers
// and the one that is shown. It rejects by default: every object that differs
// must be claimed by a rule that the permissions of the signatures allow
// (ISO 32000-2, 12.8.2: DocMDP, FieldMDP, Lock), such as a filled field, a
// further signature, or the document security store.
//
// What may be claimed is written next to what is compared: the trailer and the
// catalog in changes.go, the form in fields.go, the pages in pages.go.
package changes
