package main

import (
	"math"
	"strconv"
	"strings"
)

// rect is a rectangle in millimetres from the top left corner of the page as a
// reader sees it (CropBox and rotation applied).
type rect struct{ x, y, w, h float64 }

// maxPageMillimetres is the longest side that ISO 32000 lets a page have
// (14,400 units of 1/72 inch).
const maxPageMillimetres = 5080

// parseRect reads "x,y,w,h". Numbers have a point for decimals, as in files.
func parseRect(s string) (rect, error) {
	parts := strings.Split(s, ",")
	if len(parts) != 4 {
		return rect{}, codeRect.New(s)
	}
	var v [4]float64
	for i, part := range parts {
		n, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(n) || n < 0 || n > maxPageMillimetres {
			return rect{}, codeRect.New(s)
		}
		v[i] = n
	}
	if v[2] == 0 || v[3] == 0 {
		return rect{}, codeRect.New(s)
	}
	return rect{v[0], v[1], v[2], v[3]}, nil
}
