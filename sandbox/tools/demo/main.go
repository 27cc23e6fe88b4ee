// The program in every image of a sandbox with real nodes. DEMO says what it does, DEMO_AFTER when: an image's tag
// sets them, and a pod's env may set them anew. See docs/sandbox.md.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"
)

var started = time.Now()

func main() {
	go endWhenTold()
	mode, after := os.Getenv("DEMO"), duration("DEMO_AFTER")
	if mode == "pause" {
		select {}
	}
	say("info", "starting "+os.Getenv("DEMO_IMAGE"))
	// As the Jobs of the example call it: something to be done, and then the end.
	if len(os.Args) > 1 && mode == "" && (os.Args[1] == "migrate" || os.Args[1] == "thin") {
		mode = "exit"
	}
	switch mode {
	case "crash-env":
		fmt.Println(strings.Join(os.Environ(), "\n"))
		go then(after, 500*time.Millisecond, crash)
	case "crash":
		go then(after, 500*time.Millisecond, crash)
	case "exit":
		go then(after, 500*time.Millisecond, func() { os.Exit(0) })
	case "oom":
		go then(after, 300*time.Millisecond, eat)
	}
	serve(mode, after)
}

// As process 1 of a container it hears only the signals that it asks for.
func endWhenTold() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	<-signals
	say("info", "told to end")
	os.Exit(0)
}

func then(after, otherwise time.Duration, do func()) {
	if after == 0 {
		after = otherwise
	}
	time.Sleep(after)
	do()
}

func crash() {
	say("info", "read /etc/app/config.yaml")
	say("error", "cannot start: the setting cache.servers is missing")
	fmt.Println("    at readCacheServers (/srv/app/lib/cache.js:41:11)")
	fmt.Println("    at main (/srv/app/server.js:17:3)")
	say("fatal", "exit with code 1")
	os.Exit(1)
}

// More than any limit: what is written to is really there.
func eat() {
	say("info", "load the dictionaries: 412 MB of 2048 MB")
	var held [][]byte
	for size := 0; size < 2<<30; size += 8 << 20 {
		block := make([]byte, 8<<20)
		for index := range block {
			block[index] = 1
		}
		held = append(held, block)
	}
	say("info", fmt.Sprint("loaded, ", len(held)))
}

func serve(mode string, after time.Duration) {
	isAsked := os.Getenv("PORT")+os.Getenv("DEMO_PORTS") != ""
	ports := strings.FieldsFunc(os.Getenv("PORT")+","+os.Getenv("DEMO_PORTS"), func(r rune) bool { return r == ',' })
	if len(ports) == 0 {
		ports = []string{"8080"}
	}
	handler := http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		answer(mode, after, response, request)
	})
	var listening sync.WaitGroup
	for _, port := range ports {
		listener, err := net.Listen("tcp", ":"+port)
		if err != nil && isAsked {
			say("fatal", err.Error())
			os.Exit(1)
		}
		// Another container of the pod has the port that nobody asked for.
		if err != nil {
			select {}
		}
		say("info", "listening on port "+port)
		listening.Go(func() { _ = http.Serve(listener, handler) })
	}
	listening.Wait()
}

// /livez is asked whether it lives, anything else whether it is ready.
func answer(mode string, after time.Duration, response http.ResponseWriter, request *http.Request) {
	isAfter := time.Since(started) >= after
	isHealthy := true
	switch {
	case request.URL.Path == "/livez":
		isHealthy = mode != "unhealthy" || !isAfter
	case mode == "never-ready":
		isHealthy = false
	case mode == "slow":
		isHealthy = isAfter
	case mode == "unready":
		isHealthy = !isAfter
	}
	if !isHealthy {
		response.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(response, "database db1001.example.net:3306 does not answer")
		return
	}
	fmt.Fprintf(response, "%s %s\n", os.Getenv("DEMO_IMAGE"), request.URL.Path)
}

func duration(name string) time.Duration {
	value, err := time.ParseDuration(os.Getenv(name))
	if err != nil && os.Getenv(name) != "" {
		say("fatal", name+": "+err.Error())
		os.Exit(64)
	}
	return value
}

func say(level, message string) {
	line, _ := json.Marshal(map[string]string{
		"@timestamp": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		"log.level":  level,
		"message":    message,
	})
	fmt.Println(string(line))
}
