package forge

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/pktline"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
)

// hookScript is git's proc-receive hook, see githooks(5): it alone may refuse a
// ref with words of its own. It passes git's questions on to the forge (3), and
// the forge's answer (4) and words to the person (5) back.
const hookScript = `#!/bin/sh
exec 6<&0
cat <&6 >&3 &
cat <&5 >&2 &
cat <&4
wait
`

// writeHooks prepares the directory that git is told to take hooks from.
func (f *Forge) writeHooks() (err error) {
	if f.hooks, err = filepath.Abs(filepath.Join(f.cfg.Dir, "hooks")); err != nil {
		return fmt.Errorf("write hooks: %w", err)
	}
	if err := os.MkdirAll(f.hooks, 0o700); err != nil {
		return fmt.Errorf("write hooks: %w", err)
	}
	path := filepath.Join(f.hooks, "proc-receive")
	if err := os.WriteFile(path+".new", []byte(hookScript), 0o700); err != nil {
		return fmt.Errorf("write hooks: %w", err)
	}
	return os.Rename(path+".new", path)
}

// guard decides about the protected branches of one push while git waits.
type guard struct {
	f *Forge
	r *request
}

// guardSettings make git ask about the branches that are protected, and about
// no other ref.
func (f *Forge) guardSettings(rules map[string]protection) []string {
	if len(rules) == 0 {
		return nil
	}
	settings := []string{"-c", "core.hooksPath=" + f.hooks}
	for branch := range rules {
		settings = append(settings, "-c", "receive.procReceiveRefs=refs/heads/"+branch)
	}
	return settings
}

// run executes git with the hook's pipes and answers what it asks.
func (g guard) run(cmd *exec.Cmd) error {
	questions, ask, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("guard a push: %w", err)
	}
	answers, answer, err := os.Pipe()
	if err != nil {
		return errors.Join(fmt.Errorf("guard a push: %w", err), questions.Close(), ask.Close())
	}
	words, speak, err := os.Pipe()
	if err != nil {
		return errors.Join(fmt.Errorf("guard a push: %w", err), questions.Close(), ask.Close(), answers.Close(), answer.Close())
	}
	cmd.ExtraFiles = []*os.File{ask, answers, words}
	if err := cmd.Start(); err != nil {
		return errors.Join(err, questions.Close(), ask.Close(), answers.Close(), answer.Close(), words.Close(), speak.Close())
	}
	done := make(chan error, 1)
	closed := errors.Join(ask.Close(), answers.Close(), words.Close()) // git has its own
	go func() {
		err := g.serve(questions, answer, speak)
		done <- errors.Join(err, questions.Close())
	}()
	err = cmd.Wait()
	return errors.Join(err, <-done, closed)
}

// serve speaks the hook's side of the protocol once. No question at all means
// that the push touched no protected branch.
func (g guard) serve(questions io.Reader, answer, speak io.WriteCloser) (err error) {
	defer func() { err = errors.Join(err, answer.Close()) }()
	scanner, encoder := pktline.NewScanner(questions), pktline.NewEncoder(answer)
	greeting, err := section(scanner)
	if err != nil || len(greeting) == 0 {
		return errors.Join(err, speak.Close())
	}
	if err := errors.Join(encoder.Encode([]byte("version=1\n")), encoder.Flush()); err != nil {
		return errors.Join(fmt.Errorf("greet git: %w", err), speak.Close())
	}
	commands, err := section(scanner)
	if err != nil {
		return errors.Join(err, speak.Close())
	}
	verdict, said := g.judge(commands)
	_, err = io.WriteString(speak, said)
	return errors.Join(err, speak.Close(), encoder.Encode(verdict...), encoder.Flush())
}

// section reads lines to the next flush packet, or to the end.
func section(scanner *pktline.Scanner) (lines []string, err error) {
	for scanner.Scan() {
		if len(scanner.Bytes()) == 0 {
			return lines, nil
		}
		lines = append(lines, strings.TrimRight(string(scanner.Bytes()), "\n"))
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("read git's question: %w", err)
	}
	return lines, nil
}

// judge answers every command "OLD NEW REF".
func (g guard) judge(commands []string) (verdict [][]byte, said string) {
	var words bytes.Buffer
	for _, command := range commands {
		_, rest, _ := strings.Cut(command, " ")
		after, ref, _ := strings.Cut(rest, " ")
		switch reasons, err := g.refusals(ref, after); {
		case err != nil:
			g.f.log.Error("a push to a protected branch cannot be judged", "repository", g.r.repo.FullName(), "ref", ref, "err", err)
			verdict = append(verdict, []byte("ng "+ref+" internal error, try again\n"))
		case len(reasons) > 0:
			words.WriteString(explain(ref, reasons))
			verdict = append(verdict, []byte("ng "+ref+" protected branch hook declined\n"))
		default:
			verdict = append(verdict, []byte("ok "+ref+"\n"), []byte("option fall-through\n"))
		}
	}
	return verdict, words.String()
}

// refusals go by where the ref is, not by what the client believes. The caller
// of receive-pack holds the repository's lock.
func (g guard) refusals(ref, after string) ([]string, error) {
	refs, err := g.f.git(g.r.repo).Refs()
	if err != nil {
		return nil, err
	}
	before, ok := refs[ref]
	if !ok {
		before = gitstore.ZeroSHA
	}
	err = g.f.checkProtection(g.r, ref, before, after)
	var protected *protectedError
	if errors.As(err, &protected) {
		return protected.reasons, nil
	}
	return nil, err
}

// explain says it as GitHub does: one reason on a line of its own, several as
// a list.
func explain(ref string, reasons []string) string {
	text := "error: GH006: Protected branch update failed for " + ref + ".\n"
	if len(reasons) == 1 {
		return text + "error: " + reasons[0] + "\n"
	}
	for _, reason := range reasons {
		text += "\n- " + reason + "\n"
	}
	return text
}
