// Package vending is a vending machine, a small study of errors: values to
// compare with errors.Is, a type that carries details, wrapping with %w, and a
// panic. Try:
//
//   - Insert a coin and buy something too dear: the message says what is
//     missing. Change Short.Error, save, and buy again.
//   - Kick the machine a fourth time: the panic is reported with file and line
//     of this script, and the machine goes on working. Then repair Kick.
//   - Refill with "crisps:many" and follow how the message was put together.
package vending

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Purchase is a press on a button.
type Purchase struct {
	Item string `json:"item"`
}

// What can go wrong in one word. Compare with errors.Is.
var (
	ErrUnknown = errors.New("no such item")
	ErrSoldOut = errors.New("sold out")
	ErrCoin    = errors.New("coin not accepted")
)

// Short is the error of too little money, with the numbers in cents.
type Short struct {
	Item        string
	Price, Have int
}

func (e *Short) Error() string {
	return fmt.Sprintf("%s costs %s, insert %s more", e.Item, money(e.Price), money(e.Price-e.Have))
}

// The machine. Amounts are in cents.
var (
	credit int
	stock  = map[string]int{"water": 3, "crisps": 1, "gum": 0}
	prices = map[string]int{"water": 120, "crisps": 200, "gum": 50}
	kicks  int
)

// Insert takes a coin.
func Insert(cents int) (string, error) {
	switch cents {
	case 10, 20, 50, 100, 200:
		credit += cents
		return "credit " + money(credit), nil
	}
	return "", fmt.Errorf("%d cents: %w", cents, ErrCoin)
}

// Buy gives the item, or an error that keeps its cause.
func Buy(p Purchase) (string, error) {
	if err := take(p.Item); err != nil {
		return "", fmt.Errorf("buy: %w", err)
	}
	return fmt.Sprintf("here is your %s, credit %s", p.Item, money(credit)), nil
}

// take is where the errors come from.
func take(item string) error {
	price, ok := prices[item]
	if !ok {
		return fmt.Errorf("%q: %w", item, ErrUnknown)
	}
	if stock[item] == 0 {
		return fmt.Errorf("%s: %w", item, ErrSoldOut)
	}
	if credit < price {
		return &Short{Item: item, Price: price, Have: credit}
	}
	credit -= price
	stock[item]--
	return nil
}

// Advice buys, and tells what to do when that fails.
func Advice(p Purchase) string {
	got, err := Buy(p)
	if err == nil {
		return got
	}
	if short, ok := errors.Unwrap(err).(*Short); ok {
		return fmt.Sprintf("look for %s in your pocket", money(short.Price-short.Have))
	}
	switch {
	case errors.Is(err, ErrSoldOut):
		return "wait for the van"
	case errors.Is(err, ErrUnknown):
		return "read the labels"
	}
	return "kick it: " + err.Error()
}

// Refill takes orders like "gum:10 water:5". All of them, or none.
func Refill(orders string) (map[string]int, error) {
	plan := map[string]int{}
	for _, order := range strings.Fields(orders) {
		name, count, err := parse(order)
		if err != nil {
			return nil, fmt.Errorf("refill: %w", err)
		}
		plan[name] += count
	}
	for name, count := range plan {
		stock[name] += count
	}
	return stock, nil
}

func parse(order string) (string, int, error) {
	name, number, found := strings.Cut(order, ":")
	if !found {
		return "", 0, fmt.Errorf("%q has no colon", order)
	}
	if _, ok := prices[name]; !ok {
		return "", 0, fmt.Errorf("%q: %w", name, ErrUnknown)
	}
	count, err := strconv.Atoi(number)
	var bad *strconv.NumError
	if errors.As(err, &bad) {
		return "", 0, fmt.Errorf("count of %s is %q: %w", name, bad.Num, bad.Err)
	}
	return name, count, nil
}

// springs are what holds the goods.
var springs = []string{"clonk", "clank", "a coin falls out"}

// Kick hits the machine; it has only so many springs.
func Kick() string {
	noise := springs[kicks]
	kicks++
	if strings.Contains(noise, "coin") {
		credit += 50
	}
	return noise
}

func money(cents int) string {
	return fmt.Sprintf("%d.%02d €", cents/100, cents%100)
}
