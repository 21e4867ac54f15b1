import Testing

@testable import JobmonModel

struct TaskNameTests {
  @Test func standardNames() {
    #expect(TaskName.standard(template: "merge", arguments: [], values: []) == "merge")
    #expect(
      TaskName.standard(template: "p", arguments: ["a", "b"], values: ["1", "x/y z"]) == "p_a-1_b-x_y_z")
    #expect(
      TaskName.standard(template: "p", arguments: ["a"], values: ["'\"\\\t\n\u{A0}\u{7F}"]) == "p_a-_______")
    #expect(TaskName.standard(template: "p", arguments: ["a"], values: ["/\u{301}"]) == "p_a-_\u{301}")
  }

  @Test func longNamesAreCutBetweenCharacters() {
    let name = TaskName.standard(
      template: "p", arguments: ["a"], values: [String(repeating: "é", count: 300)])
    #expect(name == "p_a-" + String(repeating: "é", count: 122))
    #expect(name.utf8.count == 248)
    #expect(TaskName.legal(String(repeating: "x", count: 250)).utf8.count == 249)
  }

  @Test(arguments: [
    ("a-b_c.1é", nil),
    ("", "a task name must not be empty"),
    ("a b", #"the task name 'a b' contains ' '; blanks, control characters and / \ ' " are not allowed"#),
    ("a/b", #"the task name 'a/b' contains '/'; blanks, control characters and / \ ' " are not allowed"#),
    (
      "a\u{A0}b",
      "the task name 'a\u{A0}b' contains '\u{A0}'; blanks, control characters and / \\ ' \" are not allowed"
    ),
    (
      String(repeating: "x", count: 250),
      "the task name '" + String(repeating: "x", count: 40) + "…' has 250 bytes; at most 249 are allowed"
    ),
  ])
  func faults(name: String, sentence: String?) {
    #expect(TaskName.fault(name) == sentence)
    #expect(TaskName.isLegal(name) == (sentence == nil))
    #expect(TaskName.fault(TaskName.legal(name)) == nil)
  }

  @Test(arguments: [
    ("fine name é", nil),
    ("", "the tool has an empty name; give it one of 1-150 characters"),
    (".x", "the name of the tool '.x' begins with a dot"),
    ("a/b", "the name of the tool 'a/b' contains a /"),
    ("a\nb", "the name of the tool 'a?b' contains a control character"),
    (String(repeating: "é", count: 150), nil),
    (String(repeating: "é", count: 151), "the name of the tool has 151 characters; at most 150 are allowed"),
  ])
  func definitionNames(name: String, sentence: String?) {
    #expect(DefinitionName.fault(name, kind: "tool") == sentence)
  }
}
