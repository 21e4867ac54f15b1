import ArgumentParser
@main struct Jobmon: ParsableCommand { }
