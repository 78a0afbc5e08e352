// Package actions plays the actions of templates that act outside of their
// workspace against the forge within Pronto.
package actions
