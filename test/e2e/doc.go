// Package e2e holds the platform's promises against the platform itself: one
// whole Pronto, started from the built binaries, and the clients that people
// use: git, kubectl, crane, a resolver, HTTPS with a verified chain, a browser.
// Each file is one promise. They run one after the other on one platform,
// those that stop it last, which the files' names see to.
package e2e
