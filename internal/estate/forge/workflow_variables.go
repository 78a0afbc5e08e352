package forge

import (
	"net/http"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/forge/vault"
)

func variableJSON(h holder, v vault.Value) obj {
	o := valueJSON(h, "variables", v)
	o["value"] = v.Text.Reveal()
	return o
}

func (f *Forge) answerVariables(w http.ResponseWriter, r *request, h holder, values []vault.Value) error {
	list := []obj{}
	for _, v := range values {
		list = append(list, variableJSON(h, v))
	}
	writeJSON(w, r.Request, http.StatusOK, obj{"total_count": len(list), "variables": page(f, w, r.Request, list)})
	return nil
}

func (f *Forge) listVariables(w http.ResponseWriter, r *request, h holder) error {
	values, err := f.vault.List(r.Context(), vault.Variable, h.scope)
	if err != nil {
		return err
	}
	return f.answerVariables(w, r, h, values)
}

func (f *Forge) getVariable(w http.ResponseWriter, r *request, h holder) error {
	v, err := f.vault.Get(r.Context(), vault.Variable, h.scope, r.PathValue("name"))
	if err != nil {
		return vaultError("Variable", err)
	}
	writeJSON(w, r.Request, http.StatusOK, variableJSON(h, v))
	return nil
}

type variableInput struct {
	Name  *string `json:"name"`
	Value *string `json:"value"`
	reachInput
}

// apply checks what is given and puts it into v.
func (in variableInput) apply(v *vault.Value) error {
	if in.Name != nil {
		v.Name = *in.Name
	}
	if in.Value != nil {
		v.Text = secret.New(*in.Value)
	}
	if len(v.Text.Reveal()) > maxValue {
		return failure(http.StatusUnprocessableEntity, "Variable value is too large: it may have %d bytes", maxValue)
	}
	return checkName("Variable", v.Name)
}

func (f *Forge) createVariable(w http.ResponseWriter, r *request, h holder) error {
	var body variableInput
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	if body.Name == nil || body.Value == nil {
		return failure(http.StatusUnprocessableEntity, "Invalid request.\n\n\"name\" and \"value\" are needed.")
	}
	var v vault.Value
	err := body.apply(&v)
	if err == nil {
		v.Reach, err = f.reach(r, h, body.reachInput)
	}
	if err != nil {
		return err
	}
	if err := f.vault.Create(r.Context(), vault.Variable, h.scope, v); err != nil {
		return vaultError("Variable", err)
	}
	writeJSON(w, r.Request, http.StatusCreated, obj{})
	return nil
}

// patchVariable changes what is given and keeps the rest.
func (f *Forge) patchVariable(w http.ResponseWriter, r *request, h holder) error {
	var body variableInput
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	v, err := f.vault.Get(r.Context(), vault.Variable, h.scope, r.PathValue("name"))
	if err != nil {
		return vaultError("Variable", err)
	}
	name := v.Name
	if err := body.apply(&v); err != nil {
		return err
	}
	if body.Visibility != "" {
		if v.Reach, err = f.reach(r, h, body.reachInput); err != nil {
			return err
		}
	}
	if err := f.vault.Replace(r.Context(), vault.Variable, h.scope, name, v); err != nil {
		return vaultError("Variable", err)
	}
	return noContent(w)
}
