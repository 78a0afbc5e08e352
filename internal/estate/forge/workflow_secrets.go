package forge

import (
	"net/http"

	"github.com/pronto-platform/pronto/internal/estate/forge/vault"
)

func (f *Forge) answerSecrets(w http.ResponseWriter, r *request, h holder, values []vault.Value) error {
	list := []obj{}
	for _, v := range values {
		list = append(list, valueJSON(h, "secrets", v))
	}
	writeJSON(w, r.Request, http.StatusOK, obj{"total_count": len(list), "secrets": page(f, w, r.Request, list)})
	return nil
}

func (f *Forge) listSecrets(w http.ResponseWriter, r *request, h holder) error {
	values, err := f.vault.List(r.Context(), vault.Secret, h.scope)
	if err != nil {
		return err
	}
	return f.answerSecrets(w, r, h, values)
}

func (f *Forge) getSecret(w http.ResponseWriter, r *request, h holder) error {
	v, err := f.vault.Get(r.Context(), vault.Secret, h.scope, r.PathValue("name"))
	if err != nil {
		return vaultError("Secret", err)
	}
	writeJSON(w, r.Request, http.StatusOK, valueJSON(h, "secrets", v))
	return nil
}

func (f *Forge) getPublicKey(w http.ResponseWriter, r *request, h holder) error {
	key, err := f.vault.PublicKey(h.scope)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, obj{"key_id": key.ID, "key": key.Key})
	return nil
}

func (f *Forge) putSecret(w http.ResponseWriter, r *request, h holder) error {
	var body struct {
		EncryptedValue string `json:"encrypted_value"`
		KeyID          string `json:"key_id"`
		reachInput
	}
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	v := vault.Value{Name: r.PathValue("name")}
	err := checkName("Secret", v.Name)
	if err == nil {
		v.Reach, err = f.reach(r, h, body.reachInput)
	}
	if err != nil {
		return err
	}
	if v.Text, err = f.vault.Unseal(h.scope, body.KeyID, body.EncryptedValue); err != nil {
		return vaultError("Secret", err)
	}
	if size := len(v.Text.Reveal()); size == 0 || size > maxValue {
		return failure(http.StatusUnprocessableEntity, "Secret value must have 1 to %d bytes, not %d", maxValue, size)
	}
	created, err := f.vault.Put(r.Context(), vault.Secret, h.scope, v)
	if err != nil {
		return vaultError("Secret", err)
	}
	if !created {
		return noContent(w)
	}
	writeJSON(w, r.Request, http.StatusCreated, obj{})
	return nil
}
