using StereoSpike.Training.Tests.Distributed;

namespace StereoSpike.Training.Tests.Runs;

/// <summary>The program that the kill test starts and kills: it starts the run of a folder, or resumes it. Also the door to <see cref="RankProgram"/>.</summary>
internal static class KilledProgram
{
    public static int Main(string[] arguments)
    {
        if (arguments[0] == RankProgram.Word)
        {
            return RankProgram.Run(arguments[1], arguments[2..]);
        }

        OneTorchThread.Start();
        string folder = arguments[0];
        _ = File.Exists(TinyRun.LastOf(folder)) ? TinyRun.Resume(folder) : TinyRun.Start(folder);
        return 0;
    }
}
