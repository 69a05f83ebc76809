package middleware

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"hotloop/session"
)

// Manifest is what a .traefik.yml says, as far as serving needs it.
type Manifest struct {
	DisplayName string         `yaml:"displayName"`
	Type        string         `yaml:"type"`
	Import      string         `yaml:"import"`
	Summary     string         `yaml:"summary"`
	TestData    map[string]any `yaml:"testData"`
}

// manifestName is the name of the manifest's file.
const manifestName = ".traefik.yml"

// notes show how the plugin is configured.
func (m Manifest) notes() []session.Detail {
	if len(m.TestData) == 0 {
		return []session.Detail{{Label: "config", Text: "as CreateConfig makes it; " + manifestName + " has no testData"}}
	}
	text, err := yaml.Marshal(m.TestData)
	if err != nil {
		return []session.Detail{{Label: "config", Text: err.Error()}}
	}
	return []session.Detail{{Label: "config", Text: strings.TrimSpace(string(text))}}
}

// ReadManifest reads the manifest of a plugin's directory. Without one it is
// empty: the plugin then runs as CreateConfig configures it.
func ReadManifest(dir string) (Manifest, error) {
	var m Manifest
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	if err := yaml.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%s: %w", filepath.Join(dir, manifestName), err)
	}
	if m.Type != "" && m.Type != "middleware" {
		return m, fmt.Errorf("%s: a plugin of type %q is none of http; only middleware is served", filepath.Join(dir, manifestName), m.Type)
	}
	return m, nil
}
