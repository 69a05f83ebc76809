// Package thermostat keeps a room warm without switching all the time: the
// heater goes on below the band around the target and off above it. Try:
//
//   - Fire a cold reading, then a warm one, then Chart.
//   - Widen band to 2.0, save, fire the same readings: the heater reacts later,
//     the history is still there.
//   - Draw Chart with other marks, or upside down. Save, fire Chart again.
package thermostat

import (
	"errors"
	"fmt"
	"strings"
)

// Reading is what a sensor sends.
type Reading struct {
	Sensor  string  `json:"sensor"`
	Celsius float64 `json:"celsius"`
}

// Sample is a reading with what the heater did about it.
type Sample struct {
	Celsius float64
	Heating bool
}

// The state of the room. The numbers are variables and not constants, so that
// a save can set one of them anew and keep all the others.
var (
	target  = 20.5
	band    = 1.0
	heating bool
	history []Sample
)

// keep is how many samples the history holds.
const keep = 48

var errSensor = errors.New("sensor out of order")

// OnReading takes a reading and switches the heater.
func OnReading(r Reading) (string, error) {
	if err := plausible(r); err != nil {
		return "", fmt.Errorf("reading of %s ignored: %w", r.Sensor, err)
	}
	was := heating
	heating = wantsHeat(r.Celsius)
	remember(Sample{Celsius: r.Celsius, Heating: heating})
	return fmt.Sprintf("%.1f °C in the %s, heater %s", r.Celsius, r.Sensor, change(was, heating)), nil
}

// OnTarget sets the temperature to hold.
func OnTarget(celsius float64) (string, error) {
	if celsius < 5 || celsius > 30 {
		return "", fmt.Errorf("target of %.1f °C: want 5 to 30", celsius)
	}
	before := target
	target = celsius
	return fmt.Sprintf("target %.1f → %.1f °C", before, target), nil
}

// wantsHeat is the whole control law. The gap between on and off is the
// hysteresis: inside the band the heater stays as it is.
func wantsHeat(celsius float64) bool {
	if celsius < target-band/2 {
		return true
	}
	if celsius > target+band/2 {
		return false
	}
	return heating
}

// plausible refuses what no room can be.
func plausible(r Reading) error {
	if r.Celsius < -30 || r.Celsius > 60 {
		return fmt.Errorf("%.1f °C: %w", r.Celsius, errSensor)
	}
	return nil
}

func remember(s Sample) {
	history = append(history, s)
	if len(history) > keep {
		history = history[len(history)-keep:]
	}
}

func change(was, is bool) string {
	switch {
	case was && is:
		return "stays on"
	case is:
		return "goes on"
	case was:
		return "goes off"
	}
	return "stays off"
}

// Average is the mean temperature of the history and the share of it, in
// percent, in which the heater was on.
func Average() (celsius float64, heated int, err error) {
	if len(history) == 0 {
		return 0, 0, errors.New("no reading yet: fire OnReading first")
	}
	on := 0
	for _, s := range history {
		celsius += s.Celsius
		if s.Heating {
			on++
		}
	}
	n := len(history)
	return celsius / float64(n), 100 * on / n, nil
}

// Chart prints the history, a line per reading.
func Chart() {
	for _, s := range history {
		mark := "░"
		if s.Heating {
			mark = "█"
		}
		width := int(s.Celsius)
		if width < 0 {
			width = 0
		}
		fmt.Printf("%5.1f %s\n", s.Celsius, strings.Repeat(mark, width))
	}
}
