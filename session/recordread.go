package session

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// maxRecordLine bounds one line of a record that is read; an event carries at
// most what its calls printed and returned, which is cut long before.
const maxRecordLine = 64 << 20

// maxDamaged bounds the damaged lines that ReadRecord names; the rest is counted.
const maxDamaged = 10

// ReadRecord reads the lines of a record in order and gives each to line until
// that returns false. Lines that are damaged, foreign or of a newer version are
// passed over; notices say which. The error is that of reading. It never fails
// because of what the record holds.
func ReadRecord(r io.Reader, line func(RecordLine) bool) (notices []string, err error) {
	in := bufio.NewReaderSize(r, 64<<10)
	damaged := 0
	for number := 1; ; number++ {
		text, tooLong, err := readLine(in, maxRecordLine)
		if err != nil && err != io.EOF {
			return notices, fmt.Errorf("read record: %w", err)
		}
		if text = bytes.TrimSpace(text); tooLong || len(text) > 0 {
			l, why := parseRecordLine(text, tooLong)
			switch {
			case why == "":
				if !line(l) {
					return notices, nil
				}
			case damaged < maxDamaged:
				notices = append(notices, fmt.Sprintf("line %d of the record is left out: %s", number, why))
				fallthrough
			default:
				damaged++
			}
		}
		if err == io.EOF {
			break
		}
	}
	if damaged > maxDamaged {
		notices = append(notices, fmt.Sprintf("and %d lines more", damaged-maxDamaged))
	}
	return notices, nil
}

// parseRecordLine reads one line; why says what is wrong with it.
func parseRecordLine(text []byte, tooLong bool) (l RecordLine, why string) {
	switch {
	case tooLong:
		return l, "longer than " + formatSize(maxRecordLine)
	case !json.Valid(text):
		return l, syntaxError(text)
	}
	if err := json.Unmarshal(text, &l); err != nil {
		return RecordLine{}, err.Error()
	}
	switch {
	case l.V < 1:
		return RecordLine{}, "it is not a line of a record"
	case l.V > RecordVersion:
		return RecordLine{}, fmt.Sprintf("it is of version %d, this hotloop knows %d", l.V, RecordVersion)
	case l.Event != nil && l.Event.Name == "":
		return RecordLine{}, "an event without a name"
	}
	return l, ""
}
