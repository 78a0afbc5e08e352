package cluster

import (
	"context"
	"strings"

	"sigs.k8s.io/knftables"
)

const natChain = "postrouting"

// ensureNAT lets the node and its pods reach what the machine reaches, under
// the machine's address: one rule in a table of the bridge's own.
func ensureNAT(ctx context.Context, cfg Config) error {
	nft, err := knftables.New(knftables.IPv4Family, natTable(cfg))
	if err != nil {
		return err
	}
	return nft.Run(ctx, masquerade(nft, cfg))
}

// masquerade is the whole table as one transaction, whatever it held before.
func masquerade(nft knftables.Interface, cfg Config) *knftables.Transaction {
	tx := nft.NewTransaction()
	tx.Add(&knftables.Table{})
	tx.Add(&knftables.Chain{
		Name:     natChain,
		Type:     knftables.PtrTo(knftables.NATType),
		Hook:     knftables.PtrTo(knftables.PostroutingHook),
		Priority: knftables.PtrTo(knftables.SNATPriority),
	})
	tx.Flush(&knftables.Chain{Name: natChain})
	for _, source := range []string{cfg.Gateway.Masked().String(), cfg.PodCIDR.Masked().String()} {
		tx.Add(&knftables.Rule{
			Chain: natChain,
			Rule:  knftables.Concat("ip saddr", source, "oifname !=", `"`+cfg.Bridge+`"`, "masquerade"),
		})
	}
	return tx
}

func removeNAT(ctx context.Context, cfg Config) error {
	nft, err := knftables.New(knftables.IPv4Family, natTable(cfg))
	if err != nil {
		return err
	}
	tx := nft.NewTransaction()
	tx.Add(&knftables.Table{}) // so that its removal never fails for want of it
	tx.Delete(&knftables.Table{})
	return nft.Run(ctx, tx)
}

func natTable(cfg Config) string { return "pronto_" + strings.ReplaceAll(cfg.Bridge, "-", "_") }
