using System.Buffers.Binary;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Ingest;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike series listen --weights FILE --input FILE|-</c></summary>
internal static class SeriesListenCommand
{
    private static readonly Option<string> Input = new("--input") { Description = "A WAV file, or - for 16-bit little-endian samples of one channel on standard input, as arecord -t raw -f S16_LE writes them.", Required = true };
    private static readonly Option<double> Gate = new("--gate-db") { Description = "What is louder belongs to a word, dB below full scale.", DefaultValueFactory = _ => -50 };

    public static Command Make()
    {
        var command = new Command("listen", "Hear words in a stream of sound: each is answered as soon as it is over, one line (with --json one object) a word.") { SeriesCommand.Weights, Input, Gate };
        command.SetAction((arguments, cancellation) => Task.Run(() => Run(arguments, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string weights = arguments.GetRequiredValue(SeriesCommand.Weights), input = arguments.GetRequiredValue(Input);
        (SeriesNetwork network, IReadOnlyDictionary<string, string> notes) = SeriesWeights.Load(weights, AudioTask.TaskName);
        var task = (AudioTask)SeriesTasks.Restore(AudioTask.TaskName, notes.GetValueOrDefault(SeriesRun.EncodingNote, ""), weights);
        var words = new SpokenWords(network, new LogMelEncoder(task.Encoder), arguments.GetValue(Gate));
        if (input == "-")
        {
            using Stream stream = Console.OpenStandardInput();
            byte[] bytes = new byte[1600];
            var samples = new float[bytes.Length / 2];
            for (int read; (read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)) > 1;)
            {
                cancellation.ThrowIfCancellationRequested();
                for (int i = 0; i < read / 2; i++)
                {
                    samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(2 * i)) / 32768f;
                }

                words.Push(samples.AsSpan(0, read / 2), Show);
            }
        }
        else
        {
            AudioClip clip = WavFile.Read(input);
            if (clip.SampleRateHz != task.Encoder.SampleRateHz)
            {
                throw new InvalidDataException($"{input}: has {clip.SampleRateHz} samples a second where {task.Encoder.SampleRateHz} are needed. Convert it: ffmpeg -i IN -ar {task.Encoder.SampleRateHz} OUT.wav");
            }

            words.Push(clip.Samples, Show);
        }

        words.Finish(Show);
        return Shell.Done;

        void Show(SpokenWord word)
        {
            string output = network.Settings.Outputs[word.Output];
            Console.WriteLine(arguments.GetValue(CommonOptions.Json)
                ? new JsonObject { ["start_s"] = Answer.Number(word.StartSeconds, 3), ["end_s"] = Answer.Number(word.EndSeconds, 3), ["decision"] = output, ["confidence"] = Answer.Number(word.Confidence, 4) }.ToJsonString()
                : string.Create(CultureInfo.InvariantCulture, $"{word.StartSeconds,8:F2} s  {output,-6} {100 * word.Confidence,3:F0} %"));
        }
    }
}
