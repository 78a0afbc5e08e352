package main

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/lint"
	"github.com/pronto-platform/pronto/internal/system"
)

func templateCommand(opts *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "template",
		Short: "For authors of templates",
		Args:  exactly(0),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(templateLintCommand(opts))
	return cmd
}

func templateLintCommand(opts *options) *cobra.Command {
	var lintOptions system.LintOptions
	cmd := &cobra.Command{
		Use:   "lint DIR",
		Short: "Check a template, and the workflow and manifests that it makes",
		Long: "Checks template.yaml, every step and expression; renders the template with the form's defaults and\n" +
			"examples; and checks what comes out: workflows, the catalog's descriptor, and, while the platform runs,\n" +
			"whether its cluster would take the manifests. Each finding is a line FILE:LINE: MESSAGE; a FILE below\n" +
			lint.Rendered + "/ is one that the template made. Exit code 1 when there are findings.",
		Example: "  pronto template lint templates/nodejs\n  pronto template lint . --values example.yaml --out /tmp/rendered",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := system.LintTemplate(cmd.Context(), opts.state, args[0], lintOptions)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			err = opts.print(out, report, func() error { return printReport(out, args[0], report) })
			if err == nil && len(report.Findings) > 0 {
				return fmt.Errorf("%d findings", len(report.Findings))
			}
			return err
		},
	}
	cmd.Flags().StringVar(&lintOptions.Values, "values", "", "file with values of the form, YAML or JSON")
	cmd.Flags().StringVar(&lintOptions.Keep, "out", "", "directory in which to leave the rendered files")
	opts.bindOutput(cmd)
	return cmd
}

// printReport names the template's files as the shell can open them.
func printReport(out io.Writer, dir string, report lint.Report) error {
	for _, f := range report.Findings {
		if !lint.IsRendered(f.File) {
			f.File = filepath.Join(dir, f.File)
		}
		fmt.Fprintln(out, f)
	}
	for _, what := range report.LeftOut {
		fmt.Fprintln(out, "not checked:", what)
	}
	if len(report.Findings) > 0 {
		return nil
	}
	_, err := fmt.Fprintf(out, "Nothing is wrong: %d files rendered.\n", report.Rendered)
	return err
}
