/** Gauss with row pivots; the matrix is used up. `null` where it is singular. A few tokens: nothing cleverer pays. */
export function solveDense(matrix: readonly Float64Array[], right: readonly number[]): Float64Array | null {
  const size = right.length
  const solution = Float64Array.from(right)
  const rows = [...matrix]
  for (let column = 0; column < size; column += 1) {
    let pivot = column
    for (let row = column + 1; row < size; row += 1)
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row
    const [top, other] = [rows[pivot], rows[column]]
    const head = top?.[column] ?? 0
    if (top === undefined || other === undefined || head === 0) return null
    ;[rows[column], rows[pivot]] = [top, other]
    ;[solution[column], solution[pivot]] = [solution[pivot] ?? 0, solution[column] ?? 0]
    for (let row = column + 1; row < size; row += 1) {
      const line = rows[row]
      const factor = (line?.[column] ?? 0) / head
      if (line === undefined || factor === 0) continue
      for (let k = column; k < size; k += 1) line[k] = (line[k] ?? 0) - factor * (top[k] ?? 0)
      solution[row] = (solution[row] ?? 0) - factor * (solution[column] ?? 0)
    }
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    let rest = solution[row] ?? 0
    for (let k = row + 1; k < size; k += 1) rest -= (rows[row]?.[k] ?? 0) * (solution[k] ?? 0)
    solution[row] = rest / (rows[row]?.[row] ?? 1)
  }
  return solution
}
