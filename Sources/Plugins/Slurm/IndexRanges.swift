/// `0-4,7` for [0, 1, 2, 3, 4, 7], in Slurm's notation for members of an array.
func rangeText(_ indices: [Int]) -> String {
  var parts: [String] = []
  var rest = indices.sorted()[...]
  while let first = rest.popFirst() {
    var last = first
    while rest.first == last + 1 { last = rest.removeFirst() }
    parts.append(first == last ? "\(first)" : "\(first)-\(last)")
  }
  return parts.joined(separator: ",")
}
