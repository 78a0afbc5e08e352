package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/client/login"
)

func loginCommand(opts *options) *cobra.Command {
	var address string
	var noBrowser bool
	cmd := &cobra.Command{
		Use:     "login",
		Short:   "Sign in to a portal through a browser, here or on another machine",
		Example: "  pronto login --url https://portal.example.com",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			portal, ca, err := opts.portal(address)
			if err != nil {
				return err
			}
			reach, err := login.HTTP(portal, ca)
			if err != nil {
				return err
			}
			browse := login.Browse
			if noBrowser {
				browse = nil
			}
			key, err := login.SignIn(cmd.Context(), portal, ca, reach, cmd.OutOrStdout(), browse)
			if err != nil {
				return err
			}
			keys, err := login.UserKeys()
			if err != nil {
				return err
			}
			if err := keys.Put(portal, key); err != nil {
				return err
			}
			return greet(cmd, keys, portal)
		},
	}
	cmd.Flags().StringVar(&address, "url", "", "the portal's address (PRONTO_URL; else the platform of the state directory)")
	cmd.Flags().BoolVar(&noBrowser, "no-browser", false, "only show the address")
	return cmd
}

func greet(cmd *cobra.Command, keys login.Keys, portal string) error {
	c, err := keys.Client(portal)
	if err != nil {
		return err
	}
	me, err := c.Me(cmd.Context())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "Signed in to %s as %s (%s).\n", portal, me.Name, me.Role)
	return err
}

func logoutCommand(opts *options) *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "Revoke and forget the token that pronto login got",
		Args:  exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			keys, err := login.UserKeys()
			if err != nil {
				return err
			}
			portal := ""
			if address != "" {
				if portal, _, err = opts.portal(address); err != nil {
					return err
				}
			}
			portal, err = keys.SignOut(cmd.Context(), portal)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Signed out of %s.\n", portal)
			return err
		},
	}
	cmd.Flags().StringVar(&address, "url", "", "the portal's address; the only one that you are signed in to otherwise")
	return cmd
}
