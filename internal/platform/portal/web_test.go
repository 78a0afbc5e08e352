package portal

import (
	"log/slog"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

func TestAFileIsSentAsSmallAsTheCallerReads(t *testing.T) {
	files := fstest.MapFS{
		"assets/a.js":    {Data: []byte("plain")},
		"assets/a.js.br": {Data: []byte("brotli")},
		"assets/a.js.gz": {Data: []byte("gzip")},
	}
	served := newWeb(files, slog.New(slog.DiscardHandler))
	for accept, want := range map[string]string{
		"": "plain", "gzip, deflate, br, zstd": "brotli", "gzip": "gzip", "gzip;q=0.5, BR;q=1": "brotli", "br;q=0, gzip": "gzip", "identity": "plain",
	} {
		request := httptest.NewRequest("GET", "/assets/a.js", nil)
		request.Header.Set("Accept-Encoding", accept)
		answer := httptest.NewRecorder()
		served.ServeHTTP(answer, request)
		if answer.Body.String() != want || answer.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q gives %q %v, want %q", accept, answer.Body, answer.Header(), want)
		}
	}
}
