using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike verify FILE.npz</c></summary>
internal static class VerifyCommand
{
    private static readonly Argument<string> File = new("FILE") { Description = "A reference file (.npz): another framework's weights, input and answers. Layout: docs/verify.md." };
    private static readonly Option<string> Engine = new Option<string>("--engine")
    {
        Description = $"What is compared: {EngineCatalogue.Description}. Only torch has a loss and gradients.",
        DefaultValueFactory = _ => "torch",
    }.AcceptOnlyFromAmong([.. EngineCatalogue.Names]);

    public static Command Make()
    {
        var command = new Command("verify", "Compare the network with another framework's answers: spikes, depths, loss, penalty, gradients. Exit code 1 beyond the tolerances.") { File, Engine };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        ReferenceFile reference = ReferenceFile.Load(arguments.GetRequiredValue(File));
        ReferenceReport report = Verify(arguments, reference, arguments.GetRequiredValue(Engine));
        Answer.Print(arguments, new JsonObject
        {
            ["spike_mismatches"] = report.SpikeMismatches,
            ["spike_ties"] = report.SpikeTies,
            ["depth_max_abs"] = report.DepthMaxAbs,
            ["depth_tolerance"] = report.DepthTolerance,
            ["loss_rel"] = report.LossRel,
            ["penalty_rel"] = report.PenaltyRel,
            ["gradient_max_rel"] = report.GradientMaxRel,
            ["passed"] = report.Passed,
        });
        return report.Passed ? Shell.Done : Shell.CheckFailed;
    }

    private static ReferenceReport Verify(ParseResult arguments, ReferenceFile reference, string engine)
    {
        if (engine != "torch")
        {
            return EngineVerification.Verify(reference, engine, arguments.GetValue(CommonOptions.Threads));
        }

        CommonOptions.StartTorch(arguments);
        return ReferenceVerification.Verify(reference);
    }
}
