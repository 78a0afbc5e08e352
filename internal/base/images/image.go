package images

import (
	"debug/elf"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// assemble makes an OCI image of layers.
func assemble(arch string, config v1.Config, layers ...v1.Layer) (v1.Image, error) {
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	img, err := mutate.AppendLayers(img, layers...)
	if err != nil {
		return nil, fmt.Errorf("assemble image: %w", err)
	}
	file, err := img.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("assemble image: %w", err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Created = "linux", arch, v1.Time{Time: epoch}
	file.Config = config
	return mutate.ConfigFile(img, file)
}

// withConfig changes the image's run settings.
func withConfig(img v1.Image, change func(*v1.Config)) (v1.Image, error) {
	file, err := img.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("read image config: %w", err)
	}
	file = file.DeepCopy()
	change(&file.Config)
	return mutate.ConfigFile(img, file)
}

func appendBinary(img v1.Image, source, target string) (v1.Image, error) {
	layer, err := binaryLayer(source, target)
	if err != nil {
		return nil, err
	}
	return mutate.AppendLayers(img, layer)
}

// Pause is the node's sandbox image: one static binary that waits for SIGTERM
// and reaps, run as user 65535.
func Pause(binary string) (v1.Image, error) {
	arch, err := binaryArch(binary)
	if err != nil {
		return nil, err
	}
	layer, err := binaryLayer(binary, "/pause")
	if err != nil {
		return nil, err
	}
	return assemble(arch, v1.Config{
		Entrypoint: []string{"/pause"}, User: "65535:65535", Labels: labels("pause", "pod sandbox"),
	}, layer)
}

func binaryArch(binary string) (string, error) {
	f, err := elf.Open(binary)
	if err != nil {
		return "", fmt.Errorf("image binary %s: %w", binary, err)
	}
	defer f.Close()
	switch f.Machine {
	case elf.EM_X86_64:
		return "amd64", nil
	case elf.EM_AARCH64:
		return "arm64", nil
	default:
		return "", fmt.Errorf("image binary %s: machine %s is neither amd64 nor arm64", binary, f.Machine)
	}
}
