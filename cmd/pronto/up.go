package main

import (
	"fmt"
	"net/netip"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/system"
)

func upCommand(opts *options) *cobra.Command {
	var up system.UpOptions
	var file, domain, address, kubeconfig string
	var httpsPort, httpPort, dnsPort int
	var noTrust bool
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start the platform, or say that it runs",
		Args:  exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := system.LoadConfig(opts.state, file)
			if err != nil {
				return usageError{err}
			}
			set := func(flag string, apply func()) {
				if cmd.Flags().Changed(flag) {
					apply()
				}
			}
			set("domain", func() { cfg.Domain = domain })
			set("https-port", func() { cfg.Edge.HTTPSPort = httpsPort })
			set("http-port", func() { cfg.Edge.HTTPPort = httpPort })
			set("dns-port", func() { cfg.DNS.Port = dnsPort })
			set("kubeconfig", func() { cfg.Node.Kubeconfig = kubeconfig })
			set("no-trust", func() { cfg.Trust = !noTrust })
			if cmd.Flags().Changed("address") {
				if cfg.Edge.Address, err = netip.ParseAddr(address); err != nil {
					return usageError{fmt.Errorf("--address: %w", err)}
				}
			}
			if err := cfg.Validate(); err != nil {
				return usageError{err}
			}
			return system.Up(cmd.Context(), cfg, up, cmd.OutOrStdout())
		},
	}
	defaults := config.Default()
	flags := cmd.Flags()
	flags.StringVar(&file, "config", "", "configuration file (default: the state directory's pronto.yaml, where there is one)")
	flags.BoolVar(&up.Detach, "detach", false, "run in the background and return when all parts are ready")
	flags.BoolVar(&up.Sample, "sample", false, "deliver a first application, hello, when there is none")
	flags.StringVar(&domain, "domain", defaults.Domain, "the zone under which applications live")
	flags.StringVar(&address, "address", defaults.Edge.Address.String(), "IP address that users reach")
	flags.IntVar(&httpsPort, "https-port", defaults.Edge.HTTPSPort, "port of HTTPS")
	flags.IntVar(&httpPort, "http-port", defaults.Edge.HTTPPort, "port that redirects to HTTPS")
	flags.IntVar(&dnsPort, "dns-port", defaults.DNS.Port, "port of the zone's name server")
	flags.StringVar(&kubeconfig, "kubeconfig", "", "use this cluster; no node is started")
	flags.BoolVar(&noTrust, "no-trust", false, "leave the machine's trust store alone")
	return cmd
}
