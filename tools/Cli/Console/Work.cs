using System.CommandLine;
using System.Text.Json.Nodes;

namespace StereoSpike.Cli;

/// <summary>Begins a stage of long work; the caller disposes it at the stage's end.</summary>
/// <param name="name">What the stage is called.</param>
internal delegate TerminalProgress Stage(string name);

/// <summary>What a verb does, apart from printing: a fleet's worker runs it too.</summary>
/// <param name="arguments">The verb's own.</param>
/// <param name="stage">Where it says how far it has come.</param>
/// <param name="cancellation">Stops it; what was finished stays whole.</param>
/// <returns>What it answers, as <c>--json</c> prints it.</returns>
internal delegate JsonObject Work(ParseResult arguments, Stage stage, CancellationToken cancellation);
