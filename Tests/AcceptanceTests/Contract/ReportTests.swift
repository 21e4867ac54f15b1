import Foundation
import Testing

private let browser = ["chromium-headless-shell", "chromium", "google-chrome"].map { "/usr/bin/\($0)" }
  .first { FileManager.default.isExecutableFile(atPath: $0) }

extension Acceptance.Alone {
  /// The report in a real browser: wide and narrow, light and dark. Debian has a package; elsewhere it must be
  /// installed.
  @Suite(.enabled(if: browser != nil, "there is no browser here: install chromium or google-chrome"))
  struct ReportTests {
    /// A page that checks the report, which it shows in frames of two widths.
    private static let check = #"""
      <!DOCTYPE html><meta charset="utf-8"><body>
      <iframe id="wide" style="width:1200px;height:900px" src="report.html"></iframe>
      <iframe id="narrow" style="width:390px;height:800px" src="report.html"></iframe>
      <script>
      const errors = [];
      function look(id) {
        const frame = document.getElementById(id), page = frame.contentDocument, root = page.documentElement;
        const painted = c => {
          const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
          let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n++;
          return n;
        };
        const found = {
          drawn: root.dataset.drawn, over: root.scrollWidth - frame.clientWidth, bold: page.querySelectorAll("main b.bad").length,
          heads: [...page.querySelectorAll("h2")].map(h => h.textContent), text: page.body.innerText,
          painted: [...page.querySelectorAll("canvas")].map(painted), back: getComputedStyle(page.body, null).backgroundColor,
          outside: [...page.querySelectorAll("[src], link")].length,
        };
        page.getElementById("by-task").click();
        const lanes = page.querySelector(".lanes"), canvas = lanes.querySelector("canvas");
        const began = performance.now();
        for (let i = 0; i < 30; i++) { lanes.scrollTop = i * 5000; canvas.redraw(); }
        found.redraw = (performance.now() - began) / 30;
        found.byTask = painted(canvas);
        return found;
      }
      addEventListener("load", () => setTimeout(() => {
        let out; try { out = { wide: look("wide"), narrow: look("narrow") }; } catch (e) { out = { error: String(e) }; }
        const pre = document.createElement("pre"); pre.id = "out"; pre.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(out))));
        document.body.append(pre);
      }, 800));
      </script>
      """#

    private func look(_ sandbox: Sandbox, _ more: [String] = []) throws -> [String: [String: Any]] {
      try sandbox.write("check.html", Self.check)
      let ended = try sandbox.start(
        [
          try #require(browser), "--headless", "--no-sandbox", "--disable-gpu",
          "--allow-file-access-from-files",
          "--virtual-time-budget=8000", "--user-data-dir=\(sandbox.path("profile"))", "--dump-dom",
        ] + more + ["file://\(sandbox.path("check.html"))"]
      ).wait(90)
      let match = ended.stdout.firstMatch(of: /<pre id="out">([A-Za-z0-9+\/=]*)<\/pre>/)
      guard let match, let data = Data(base64Encoded: String(match.1)),
        let found = try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]]
      else { throw HarnessError("the page found nothing: \(ended)") }
      return found
    }

    private func verify(_ found: [String: Any], _ context: String) throws {
      #expect(found["drawn"] as? String == "yes", "\(context): \(found)")
      #expect(try #require(found["over"] as? Int) <= 0, "\(context): it is wider than the window")
      #expect(found["bold"] as? Int == 0, "\(context): a name became markup")
      #expect(found["outside"] as? Int == 0, "\(context): it loads something")
      let heads = try #require(found["heads"] as? [String])
      for head in [
        "Runs", "Running tasks", "Timeline", "Templates", "Resource usage", "Template graph", "Slowest chain",
        "Failure causes", "Error messages",
      ] { #expect(heads.contains(head), "\(context): \(heads)") }
      let painted = try #require(found["painted"] as? [Int])
      #expect(painted.count == 2 && painted.allSatisfy { $0 > 500 }, "\(context): \(painted)")
      #expect(try #require(found["byTask"] as? Int) > 500, "\(context)")
      let text = try #require(found["text"] as? String)
      #expect(text.contains(#"<b class=bad>bold & "night""#), "\(context): \(text)")
      #expect(text.contains("a </script><b class=bad> in it"), "\(context): \(text)")
      #expect(text.contains("the reason"), "\(context): \(text)")
    }

    @Test func theReportIsDrawnInABrowser() throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "w.yaml",
        #"""
        tool: t
        name: '<b class=bad>bold & "night"'
        description: 'a </script><b class=bad> in it'
        workflow_args: x
        default_max_attempts: 2
        default_compute_resources: {any: {memory: 200M, runtime: 60s}}
        task_templates:
          first: {command_template: "sleep 0.0{n}; test {n} != 3 || (echo the reason >&2; exit 7)", node_args: [n]}
          second: {command_template: "sleep 0.2; echo {n}", node_args: [n], max_concurrently_running: 1}
        tasks:
          - {template: first, for_each: {n: {range: [1, 6]}}}
          - {template: second, for_each: {n: [1, 2]}, upstream: [{template: first, where: {n: "{n}"}}]}
        """#)
      #expect(try sandbox.run("run", "w.yaml", "--no-progress").status == 1)
      let made = try sandbox.run("report", "-w", "1", "-f", "report.html")
      #expect(made.status == 0, "\(made)")
      let light = try look(sandbox)
      try verify(#require(light["wide"]), "wide")
      try verify(#require(light["narrow"]), "narrow")
      let dark = try look(sandbox, ["--blink-settings=preferredColorScheme=0"])
      try verify(#require(dark["wide"]), "dark")
      #expect(dark["wide"]?["back"] as? String != light["wide"]?["back"] as? String)
      #expect(try sandbox.run("report", "-w", "7").status == 2)
      #expect(try sandbox.run("report", "-w", "1", "-f", "nowhere/x.html").status == 2)
    }

    /// 100,000 tasks: created in 10 s, and smooth.
    @Test func theReportOfALargeRunIsFast() throws {
      let sandbox = try Sandbox()
      let registry = try sandbox.write(
        "sim.json",
        """
        {"clusters": {"sim": {"plugin": "dummy", "options": {"time": "virtual", "nodes": 40, "cores": 32,
          "memory": "256G", "runtimes": {"process": {"lognormal": ["40m", 0.4]}}, "faults": {"exit": 0.01}}}}}
        """)
      chmod(registry, 0o600)
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: large
        task_templates:
          process: {command_template: "p {a} {b}", node_args: [a, b]}
        tasks: [{template: process, for_each: {a: {range: [1, 1000]}, b: {range: [1, 100]}}}]
        """)
      let run = try sandbox.jobmon("run", "w.yaml", "--plugins", registry, "-c", "sim", "--quiet").wait(180)
      #expect(run.status == 0 || run.status == 1, "\(run)")
      let began = Date()
      let made = try sandbox.run("report", "-w", "1", "-f", "report.html")
      #expect(made.status == 0, "\(made)")
      #expect(Date().timeIntervalSince(began) < 10)
      let found = try #require(try look(sandbox)["wide"])
      #expect(found["drawn"] as? String == "yes", "\(found)")
      #expect(try #require(found["redraw"] as? Double) < 50, "\(found["redraw"] ?? "")")
    }
  }
}
