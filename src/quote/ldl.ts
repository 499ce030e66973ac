/**
 * A symmetric matrix (size × size, row by row) becomes L·D·Lᵀ in its place, L below the diagonal. Of graph Laplacians
 * held somewhere, which need no pivots; `false` where it is singular.
 */
export function factor(matrix: Float64Array, size: number): boolean {
  for (let j = 0; j < size; j += 1) {
    let pivot = matrix[j * size + j] ?? 0
    for (let k = 0; k < j; k += 1) {
      const l = matrix[j * size + k] ?? 0
      if (l !== 0) pivot -= l * l * (matrix[k * size + k] ?? 0)
    }
    if (!(pivot > 0)) return false
    matrix[j * size + j] = pivot
    for (let i = j + 1; i < size; i += 1) {
      let sum = matrix[i * size + j] ?? 0
      for (let k = 0; k < j; k += 1) {
        const l = matrix[i * size + k] ?? 0
        if (l !== 0) sum -= l * (matrix[j * size + k] ?? 0) * (matrix[k * size + k] ?? 0)
      }
      matrix[i * size + j] = sum / pivot
    }
  }
  return true
}

/** Solves for one right side, in its place. */
export function solve(factored: Float64Array, size: number, right: Float64Array): void {
  for (let i = 1; i < size; i += 1) {
    let sum = right[i] ?? 0
    for (let k = 0; k < i; k += 1) sum -= (factored[i * size + k] ?? 0) * (right[k] ?? 0)
    right[i] = sum
  }
  for (let i = 0; i < size; i += 1) right[i] = (right[i] ?? 0) / (factored[i * size + i] ?? 1)
  for (let i = size - 2; i >= 0; i -= 1) {
    let sum = right[i] ?? 0
    for (let k = i + 1; k < size; k += 1) sum -= (factored[k * size + i] ?? 0) * (right[k] ?? 0)
    right[i] = sum
  }
}
