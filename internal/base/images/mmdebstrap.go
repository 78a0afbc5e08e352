package images

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// tailLines is how much of a failed tool's output an error carries.
const tailLines = 12

// ErrTool is wrapped by errors whose remedy is to install something.
var ErrTool = errors.New("a tool is missing")

// bootstrap writes the recipe's root file system as a tar to w.
func bootstrap(ctx context.Context, r Recipe, sources []string, work string, w io.Writer, progress func(string)) error {
	tool, err := exec.LookPath("mmdebstrap")
	if err != nil {
		return fmt.Errorf("image %s: %w: mmdebstrap; install it with: apt-get install mmdebstrap", r.Name, ErrTool)
	}
	cmd := exec.CommandContext(ctx, tool, bootstrapArgs(r, sources)...)
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+strconv.FormatInt(epoch.Unix(), 10), "TMPDIR="+work, "LC_ALL=C")
	cmd.Stdout = w
	return runTool(cmd, "image "+r.Name+": mmdebstrap (is the Debian mirror reachable?)", progress)
}

func bootstrapArgs(r Recipe, sources []string) []string {
	args := []string{
		"--variant=extract", "--format=tar", "--architectures=" + r.Arch,
		"--include=" + strings.Join(r.Packages, ","),
	}
	for _, pattern := range r.Exclude {
		args = append(args, "--dpkgopt=path-exclude="+pattern)
	}
	if r.Hook != "" {
		args = append(args, "--extract-hook="+r.Hook)
	}
	return append(append(args, r.Suite, "-"), sources...)
}

// fetchPackage has npm, with whatever registry the machine's own configuration
// names, download the package, and checks it against its pin.
func fetchPackage(ctx context.Context, p Package, work string, progress func(string)) (string, error) {
	tool, err := exec.LookPath("npm")
	if err != nil {
		return "", fmt.Errorf("package %s: %w: npm; install it with: apt-get install npm", p.Name, ErrTool)
	}
	what := p.Name + "@" + p.Version
	progress("fetching " + what)
	cmd := exec.CommandContext(ctx, tool, "pack", what, "--silent", "--pack-destination", work)
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "npm_config_cache="+filepath.Join(work, "npm-cache"))
	if err := runTool(cmd, "package "+what+": npm pack (is the npm registry reachable?)", progress); err != nil {
		return "", err
	}
	file := filepath.Join(work, p.Name+"-"+p.Version+".tgz")
	return file, p.verify(file)
}

// runTool runs cmd, hands its diagnostics on line by line, and puts the last
// of them into the error.
func runTool(cmd *exec.Cmd, what string, progress func(string)) error {
	pipe, err := cmd.StderrPipe()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	tail, readErr := follow(pipe, progress)
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w\n%s", what, err, strings.Join(tail, "\n"))
	}
	return readErr
}

func follow(r io.Reader, progress func(string)) ([]string, error) {
	var tail []string
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		line := strings.TrimSpace(scan.Text())
		if line == "" {
			continue
		}
		progress(line)
		if tail = append(tail, line); len(tail) > tailLines {
			tail = tail[1:]
		}
	}
	return tail, scan.Err()
}
