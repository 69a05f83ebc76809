package aquarium

// draw gives the tank as lines of width characters.
func draw() []string {
	rows := make([][]rune, height)
	for y := range rows {
		rows[y] = make([]rune, width)
		for x := range rows[y] {
			rows[y][x] = water(x, y)
		}
	}
	for _, flake := range flakes {
		put(rows, flake.X, flake.Y, "•")
	}
	for _, f := range fish {
		put(rows, f.X-2, f.Y, shape(f))
	}
	lines := make([]string, height)
	for y, row := range rows {
		lines[y] = string(row)
	}
	return lines
}

// shape is a fish seen from the side.
func shape(f *Fish) string {
	switch {
	case f.Dir > 0 && hungry(f):
		return "><(O>"
	case f.Dir > 0:
		return "><((°>"
	case hungry(f):
		return "<O)><"
	}
	return "<°))><"
}

// water is what stands where nothing else is: some bubbles, plants below.
func water(x, y int) rune {
	if y == height-1 && x%9 == 4 {
		return 'ψ'
	}
	if (x*7+y*13+ticks)%97 == 0 {
		return '°'
	}
	return ' '
}

// put writes text into the picture and cuts what sticks out.
func put(rows [][]rune, x, y int, text string) {
	if y < 0 || y >= len(rows) {
		return
	}
	for i, r := range []rune(text) {
		if x+i >= 0 && x+i < len(rows[y]) {
			rows[y][x+i] = r
		}
	}
}
