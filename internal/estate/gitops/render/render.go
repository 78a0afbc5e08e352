// Package render fills an ApplicationSet's template with parameters, in both
// of Argo CD's dialects.
package render

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"sigs.k8s.io/yaml"
)

// Template is how an ApplicationSet is rendered. It keeps each text that it has
// parsed, for the next Application: it is for one goroutine.
type Template struct {
	// Go chooses text/template; otherwise {{param}} is replaced and an unknown name is left as it is.
	Go      bool
	Options []string // of text/template, e.g. missingkey=error

	parsed map[string]*template.Template
}

// Params are the parameters of one Application. Without Go they are flat
// ("values.x"); with Go, values is a map.
type Params map[string]any

// Tree renders every string in value, the keys of maps too.
func (t *Template) Tree(value any, params Params) (any, error) {
	switch typed := value.(type) {
	case string:
		return t.String(typed, params)
	case []any:
		out := make([]any, len(typed))
		for i, item := range typed {
			rendered, err := t.Tree(item, params)
			if err != nil {
				return nil, err
			}
			out[i] = rendered
		}
		return out, nil
	case map[string]any:
		return t.object(typed, params)
	default:
		return value, nil
	}
}

func (t *Template) object(object map[string]any, params Params) (any, error) {
	out := make(map[string]any, len(object))
	for key, item := range object {
		rendered, err := t.Tree(item, params)
		if err != nil {
			return nil, err
		}
		if key, err = t.String(key, params); err != nil {
			return nil, err
		}
		out[key] = rendered
	}
	return out, nil
}

// String renders one text.
func (t *Template) String(text string, params Params) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	if !t.Go {
		return replace(text, params), nil
	}
	parsed, err := t.parse(text)
	if err != nil {
		return "", fmt.Errorf("failed to parse template %s: %w", text, err)
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, map[string]any(params)); err != nil {
		return "", fmt.Errorf("failed to execute go template %s: %w", text, err)
	}
	return out.String(), nil
}

func (t *Template) parse(text string) (*template.Template, error) {
	if known := t.parsed[text]; known != nil {
		return known, nil
	}
	parsed, err := template.New("").Funcs(functions).Option(t.Options...).Parse(text)
	if err != nil {
		return nil, err
	}
	if t.parsed == nil {
		t.parsed = map[string]*template.Template{}
	}
	t.parsed[text] = parsed
	return parsed, nil
}

var tag = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

func replace(text string, params Params) string {
	return tag.ReplaceAllStringFunc(text, func(found string) string {
		name := strings.TrimSpace(found[2 : len(found)-2])
		if value, ok := params[name]; ok {
			return fmt.Sprint(value)
		}
		return found
	})
}

var functions = templateFunctions()

func templateFunctions() template.FuncMap {
	all := sprig.TxtFuncMap()
	for _, unsafe := range []string{"env", "expandenv", "getHostByName"} {
		delete(all, unsafe)
	}
	all["normalize"] = Normalize
	all["slugify"] = slugify
	all["toYaml"] = func(value any) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	all["fromYaml"] = func(text string) (map[string]any, error) {
		var value map[string]any
		err := yaml.Unmarshal([]byte(text), &value)
		return value, err
	}
	return all
}

var (
	notDNS    = regexp.MustCompile(`[^a-z0-9-.]`)
	notInSlug = regexp.MustCompile(`[^a-z0-9]+`)
)

// Normalize makes a DNS-1123 subdomain of a name, as Argo CD's function of that name does.
func Normalize(name string) string {
	const maxLength = 253
	name = notDNS.ReplaceAllString(strings.ToLower(name), "-")
	if len(name) > maxLength {
		name = name[:maxLength]
	}
	return strings.Trim(name, "-.")
}

// slugify takes [maxLength [, truncateAtWord]] and a name, like Argo CD's
// function of that name: default length 50.
func slugify(args ...any) (string, error) {
	length, atWord := 50, false
	if len(args) == 0 {
		return "", fmt.Errorf("slugify needs a name")
	}
	name, ok := args[len(args)-1].(string)
	if !ok {
		return "", fmt.Errorf("slugify needs a name as its last argument")
	}
	if len(args) > 1 {
		if length, ok = args[0].(int); !ok {
			return "", fmt.Errorf("slugify: the length must be a number")
		}
	}
	if len(args) > 2 {
		if atWord, ok = args[1].(bool); !ok {
			return "", fmt.Errorf("slugify: truncation must be true or false")
		}
	}
	return truncate(strings.Trim(notInSlug.ReplaceAllString(strings.ToLower(name), "-"), "-"), length, atWord), nil
}

func truncate(slug string, length int, atWord bool) string {
	if length < 0 || len(slug) <= length {
		return slug
	}
	cut := slug[:length]
	if end := strings.LastIndexByte(cut, '-'); atWord && slug[length] != '-' && end > 0 {
		cut = cut[:end]
	}
	return strings.Trim(cut, "-")
}
