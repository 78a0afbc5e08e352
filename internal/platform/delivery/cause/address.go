package cause

import (
	"fmt"
	"strings"
)

const free = "Choose another host in deploy/ingress.yaml, or have the other one removed"

// addressRules are those of the two last phases. A host that another
// application holds shows in both: it answers, but not with this revision.
var addressRules = []rule{
	{expose, RecordNotOwned, notOwned},
	{expose, HostTaken, taken},
	{expose, HostRefused, refusedHost},
	{expose, RecordElsewhere, elsewhere},
	{expose, Certificate, certificate},
	{expose, ServerError, serverError},
	{live, HostTaken, taken},
	{live, RecordElsewhere, elsewhere},
	{live, Certificate, certificate},
	{live, ServerError, serverError},
	{live, NoAnswer, noAnswer},
}

func notOwned(f Facts) *finding {
	if f.Name != nil && f.Name.OK {
		return nil
	}
	return in(events("Ingress"), `record (\S+) not owned: (.*)`,
		"The record ${1} is not the application's: ${2}.", free+"; the record is then written by itself.")(f)
}

var conflict = in(events("Ingress"), `RouteConflict .*?: host "([^"]+)".* is held by the older Ingress (\S+?),`,
	"The host ${1} is taken by the Ingress ${2}, which is older.", free+again)

func taken(f Facts) *finding { return conflict(f) }

var hostRefusal = in(events("Ingress"), `Host(?:Reserved|OutsideDomain) .*?: (.*); (.*)`,
	"The edge does not serve the host: ${1}.", "In deploy/ingress.yaml ${2}"+again)

func refusedHost(f Facts) *finding { return hostRefusal(f) }

func elsewhere(f Facts) *finding {
	if n := f.Name; n == nil || n.OK || n.Address == "" {
		return nil
	}
	return &finding{fmt.Sprintf("The name %s leads to %s, not to the edge.", f.Name.Host, f.Name.Address),
		"Remove the other record from the zone; the right one is then written by itself.", []string{f.Name.Reason}}
}

// certificate is a chain that is there and not accepted; one that is still being
// had is merely waited for.
func certificate(f Facts) *finding {
	reason := ""
	if f.Edge != nil && !f.Edge.TLS {
		reason = f.Edge.Reason
	} else if f.Answer != nil {
		reason = f.Answer.Reason
	}
	_, why, found := strings.Cut(reason, "the certificate is not accepted: ")
	if !found && !strings.Contains(reason, "chain was not verified") {
		return nil
	}
	sentence := "The certificate of the application's address is not accepted"
	if why != "" {
		sentence += ": " + why
	}
	return &finding{sentence + ".", "Have an administrator look at the edge's issuer: it must give out certificates for the host that the platform trusts; see `pronto status`.", []string{reason}}
}

func serverError(f Facts) *finding {
	a := f.Answer
	if a == nil || a.Edge || a.Code < 500 {
		return nil
	}
	return &finding{fmt.Sprintf("The application answers %d at %s.", a.Code, a.URL),
		"`pronto logs NAME` shows what it says of the request. Mend it" + again, f.Log}
}

// noAnswer is an address that was live and is not any more.
func noAnswer(f Facts) *finding {
	if !f.Failed || f.Answer == nil {
		return nil
	}
	return &finding{"The application was live and does not answer any more: " + strings.TrimSuffix(f.Answer.Reason, ".") + ".",
		"Look at its pods with `pronto logs NAME` and at the platform with `pronto status`; `pronto rollback NAME` brings the version before it back.", nil}
}
