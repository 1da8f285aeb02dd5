using System.Buffers.Binary;
using System.Text.Json.Nodes;
using StereoSpike.Tests;

namespace StereoSpike.EndToEnd.Tests;

public sealed class SeriesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_network_learns_to_tell_tones_and_says_what_a_file_is()
    {
        // Ten tones, 250 Hz to 3.4 kHz, twelve takes each with a phase and a loudness of their own: takes 0 to 4 are judged. Chance is 0.1.
        for (int digit = 0; digit < 10; digit++)
        {
            for (int take = 0; take < 12; take++)
            {
                WriteTone(_folder.File($"{digit}_tone_{take}.wav"), 250 + (350 * digit), take, 8000);
            }
        }

        JsonObject run = Program.Run("series", "train", "--task", "audio", "--data", _folder.Path, "--out", _folder.File("run"), "--channels", "8", "--epochs", "12", "--batch", "8", "--threads", "1", "--json").Good();
        string weights = run["weights"]!.GetValue<string>();
        JsonObject score = Program.Run("series", "evaluate", "--task", "audio", "--data", _folder.Path, "--weights", weights, "--out", _folder.File("run"), "--threads", "1", "--json").Good();
        JsonObject answer = Program.Run("series", "infer", "--task", "audio", "--weights", weights, "--input", _folder.File("3_tone_0.wav"), "--out", _folder.File("run"), "--json").Good();

        Assert.Equal(50, score["samples"]!.GetValue<int>());
        Assert.True(score["accuracy"]!.GetValue<double>() > 0.5, score.ToJsonString());
        Assert.Equal(0.1, score["baselines"]!["majority"]!.GetValue<double>(), 6);
        Assert.True(new FileInfo(score["confusion"]!.GetValue<string>()).Length > 1000);
        Assert.True(new FileInfo(answer["answers"]![0]!["picture"]!.GetValue<string>()).Length > 1000);
    }

    [Fact]
    public void A_file_of_another_rate_is_refused_in_one_line_with_a_way_out()
    {
        WriteTone(_folder.File("1_tone_9.wav"), 500, 0, 16000);

        Program.Answer answer = Program.Run("series", "train", "--task", "audio", "--data", _folder.Path, "--out", _folder.File("run"));

        Assert.Equal(2, answer.ExitCode);
        Assert.Contains("16000 Hz where 8000 Hz are needed", answer.Errors, StringComparison.Ordinal);
        Assert.Single(answer.Errors.Trim().Split('\n'));
    }

    [Fact]
    public void A_network_learns_to_tell_seizures_made_of_slow_waves_from_noise_and_judges_recordings_it_has_not_seen()
    {
        // Ten segments a set, 4097 samples: noise of 20 uV, and in set E waves of 300 uV at 5 Hz on top.
        var random = new Random(1);
        foreach (char set in "ZONFS")
        {
            for (int number = 1; number <= 10; number++)
            {
                File.WriteAllLines(_folder.File($"{set}{number:D3}.txt"), Enumerable.Range(0, 4097).Select(i => $"{random.Next(-20, 21) + (set == 'S' ? (int)(300 * Math.Sin(2 * Math.PI * 5 * i / 173.61)) : 0)}"));
            }
        }

        JsonObject run = Program.Run("series", "train", "--task", "eeg", "--data", _folder.Path, "--out", _folder.File("run"), "--epochs", "10", "--threads", "1", "--json").Good();
        string weights = run["weights"]!.GetValue<string>();
        JsonObject score = Program.Run("series", "evaluate", "--task", "eeg", "--data", _folder.Path, "--weights", weights, "--threads", "1", "--json").Good();
        JsonObject answer = Program.Run("series", "infer", "--task", "eeg", "--weights", weights, "--input", _folder.File("S003.txt"), "--json").Good();

        Assert.Equal(10, score["samples"]!.GetValue<int>());   // a fifth of each set
        Assert.Equal(1, score["auc"]!.GetValue<double>(), 6);
        Assert.Equal(0.8, score["baselines"]!["majority"]!.GetValue<double>(), 6);
        Assert.Equal("seizure", answer["answers"]![0]!["decision"]!.GetValue<string>());
    }

    [Fact]
    public void Simulated_sessions_go_from_captures_to_an_answer_and_an_empty_capture_is_refused()
    {
        string data = _folder.File("traffic"), run = _folder.File("run");
        Program.Run("series", "generate", "--out", data, "--sessions", "5", "--seconds", "60", "--json").Good();
        foreach (string folder in Directory.GetDirectories(data).Where(folder => !folder.EndsWith("video-plain", StringComparison.Ordinal) && !folder.EndsWith("chat-plain", StringComparison.Ordinal)))
        {
            Directory.Delete(folder, recursive: true);
        }

        JsonObject trained = Program.Run("series", "train", "--task", "traffic", "--data", data, "--out", run, "--epochs", "15", "--batch", "4", "--threads", "1", "--json").Good();
        string weights = trained["weights"]!.GetValue<string>();
        JsonObject score = Program.Run("series", "evaluate", "--task", "traffic", "--data", data, "--weights", weights, "--threads", "1", "--json").Good();
        File.WriteAllText(_folder.File("empty.pcap"), "");
        Program.Answer empty = Program.Run("series", "infer", "--task", "traffic", "--weights", weights, "--input", _folder.File("empty.pcap"));

        Assert.Equal(1, score["accuracy"]!.GetValue<double>(), 6);   // films come in full packets, chats never do
        Assert.Equal(2, empty.ExitCode);
        Assert.Contains("empty.pcap: is empty", empty.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_something_else_are_refused()
    {
        string assets = Path.Combine(Path.GetDirectoryName(Program.Assembly)!, "Assets");
        string other = Directory.GetFiles(assets, "*.safetensors", SearchOption.AllDirectories)[0];

        Program.Answer answer = Program.Run("series", "infer", "--task", "audio", "--weights", other, "--input", "x.wav");

        Assert.Equal(2, answer.ExitCode);
        Assert.Contains("has no \"series\" entry", answer.Errors, StringComparison.Ordinal);
    }

    private static void WriteTone(string path, int hz, int take, int rateHz)
    {
        const int Count = 4000;
        byte[] bytes = new byte[44 + (2 * Count)];
        "RIFF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        "WAVEfmt "u8.CopyTo(bytes.AsSpan(8));
        foreach ((int at, int value) in new[] { (16, 16), (24, rateHz), (28, 2 * rateHz), (40, 2 * Count) })
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
        }

        (bytes[20], bytes[22], bytes[32], bytes[34]) = (1, 1, 2, 16);
        "data"u8.CopyTo(bytes.AsSpan(36));
        var random = new Random(take);
        double loudness = 3000 + (1500 * take), phase = take;
        for (int i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(44 + (2 * i)), (short)((loudness * Math.Sin((2 * Math.PI * hz * i / rateHz) + phase)) + random.Next(-200, 200)));
        }

        File.WriteAllBytes(path, bytes);
    }
}
