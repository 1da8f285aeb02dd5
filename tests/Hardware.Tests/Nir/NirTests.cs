using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using CsCheck;
using StereoSpike.Model;
using StereoSpike.Readout;
using StereoSpike.Tests;

namespace StereoSpike.Hardware.Tests;

public class NirTests
{
    [DataFact("nir/01_lif__lif_norse.nir")]
    public void The_LIF_neuron_of_another_framework_gives_its_trace_and_stays_within_the_spread_of_the_published_ones()
    {
        // Columns: input spike, potential, output spike; 1e-4 s a step. One file is Norse's run, the other the exact solution.
        double[][] norse = Table("nir/01_lif__lif_norse.csv"), exact = Table("nir/01_lif__lif_exact.csv");
        NirNetwork network = NirImport.Read(TestData.Path("nir/01_lif__lif_norse.nir"));
        string neuron = Assert.Single(network.Graph.FiringNodes).Name;
        AddressEventNetwork<float, float> events = AddressEventSimulation.Of(network.Graph, network.Weights);
        double spread = norse.Zip(exact, (a, b) => Math.Abs(a[1] - b[1])).Max();
        for (int t = 0; t < norse.Length; t++)
        {
            events.Step([(float)norse[t][0]]);
            float potential = events.Potentials(neuron)[0];

            Assert.Equal(norse[t][2], events.Values(neuron)[0]);
            Assert.Equal(norse[t][1], potential, 1e-6);   // float32 over a thousand steps
            Assert.InRange(Math.Abs(potential - exact[t][1]), 0, spread + 1e-6);
        }

        Assert.Equal(4, norse.Sum(row => row[2]));
        Assert.Contains("1e-4", Assert.Single(network.Warnings), StringComparison.Ordinal);
    }

    [DataFact("nir/02_cnn__cnn_sinabs.nir")]
    public void The_CNN_that_sinabs_wrote_recognises_digits_of_NMNIST()
    {
        NirNetwork network = NirImport.Read(TestData.Path("nir/02_cnn__cnn_sinabs.nir"), dtSeconds: 1e-3);
        AddressEventNetwork<float, float> events = AddressEventSimulation.Of(network.Graph, network.Weights);
        int right = 0, shown = 0;
        foreach ((int label, byte[] recording) in TestDigits(count: 30))
        {
            events.Rest();
            var counts = new float[10];
            foreach (float[] frame in Frames(recording, stepUs: 1000))
            {
                events.Step(frame);
                float[] spikes = events.Values(Assert.Single(network.Outputs));
                for (int i = 0; i < counts.Length; i++)
                {
                    counts[i] += spikes[i];
                }
            }

            right += counts.AsSpan().IndexOf(counts.Max()) == label ? 1 : 0;
            shown++;
        }

        // Chance is 3 of 30. NIR's paper reports 90 to 99 % for this network on the frameworks that it compares; hard and soft resets differ among them.
        Assert.Equal(30, shown);
        Assert.True(right >= 25, $"{right} of {shown}");
    }

    [Fact]
    public void What_is_written_is_read_back_as_a_network_with_the_same_spikes()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("network.nir");
        RandomGraphs.Cases().Sample(graphCase =>
        {
            if (!HasForm(graphCase.Graph))
            {
                return;
            }

            IReadOnlyList<string> left = NirExport.Write(path, graphCase.Graph, graphCase.Weights, dtSeconds: 0.05, whole: true);
            NirNetwork read = NirImport.Read(path);

            Assert.Empty(left);
            Assert.Equal(0.05, read.DtSeconds, 1e-8);
            AddressEventNetwork<float, float> expected = AddressEventSimulation.Of(graphCase.Graph, graphCase.Weights), found = AddressEventSimulation.Of(read.Graph, read.Weights);
            expected.Step(graphCase.Steps[0]);
            found.Step(graphCase.Steps[0]);
            PlainNetwork plain = new PlainNetwork(graphCase.Graph, graphCase.Weights).Run(graphCase.Steps[0], node => found.Values(node));
            Assert.All(graphCase.Graph.FiringNodes, node => plain.AssertSpikes(node.Name, found.Values(node.Name), 1e-5));
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void The_portable_part_of_a_network_ends_where_it_upsamples_and_follows_the_readers_rules()
    {
        using var folder = new TemporaryFolder();
        StereoSpikeWeights weights = TestNetworks.Draw(TestNetworks.Settings);
        NetworkGraph graph = StereoSpikeNetwork.Build(weights.Settings);

        IReadOnlyList<string> left = NirExport.Write(folder.File("stereospike.nir"), graph, weights.Tensors, dtSeconds: 0.05);
        NirNode root = NirFile.Read(folder.File("stereospike.nir"));

        Assert.Contains("deconv4", left);
        Assert.DoesNotContain("bottleneck1.conv2", left);
        Assert.DoesNotContain(root.Nodes.Values, node => node.Type == "Upsample2d");
        Dictionary<string, string[]> fields = new()
        {
            ["Input"] = ["shape"],
            ["Output"] = ["shape"],
            ["Conv2d"] = ["bias", "dilation", "groups", "input_shape", "padding", "stride", "weight"],
            ["IF"] = ["r", "v_reset", "v_threshold"],
        };
        Assert.All(root.Nodes.Values, node => Assert.Equal(fields[node.Type], node.Fields.Keys.Order(StringComparer.Ordinal)));   // NIR's reader refuses any other dataset
        Assert.All(root.Nodes.Values.Where(node => node.Type == "IF"), node => Assert.Single(node.Fields.Values.Select(field => string.Join(",", field.Shape)).Distinct()));
        Assert.Equal([4, 48, 64], root.Nodes["input"].Fields["shape"].Numbers);
        Assert.Equal([48, 64], root.Nodes["bottom.conv"].Fields["input_shape"].Numbers);
        Assert.Contains(root.Nodes.Values, node => node.Type == "Output");
        // The second residual block's sum is edges only: conv4 and both blocks' second layers go into each output that reads it.
        string output = root.Edges.First(edge => edge.Source == "bottleneck1.conv2").Target;
        Assert.Equal(["bottleneck0.conv2", "bottleneck1.conv2", "conv4"], root.Edges.Where(edge => edge.Target == output).Select(edge => edge.Source).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Damaged_files_and_nodes_without_a_form_are_refused_by_file_and_name()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("bad.nir");
        File.WriteAllBytes(path, [1, 2, 3]);
        Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => NirImport.Read(path)).Message, StringComparison.Ordinal);

        NirNode input = new("Input", new Dictionary<string, NirField> { ["shape"] = NirField.Whole(3) }), output = new("Output", new Dictionary<string, NirField> { ["shape"] = NirField.Whole(3) });
        Refused("delay", new NirNode("Delay", new Dictionary<string, NirField> { ["delay"] = NirField.Real([3], [1, 2, 3]) }), "Delay");
        Refused("layer", new NirNode("IF", new Dictionary<string, NirField> { ["r"] = NirField.Real([3], [1, 1, 1]), ["v_threshold"] = NirField.Real([3], [1, 2, 3]) }), "v_threshold differ");
        Refused("linear", new NirNode("Linear", new Dictionary<string, NirField> { ["weight"] = NirField.Real([2, 4], new double[8]) }), "[2, 4]");
        Refused("leaky", new NirNode("LIF", new Dictionary<string, NirField> { ["r"] = NirField.Real([3], [1, 1, 1]), ["v_threshold"] = NirField.Real([3], [1, 1, 1]), ["v_leak"] = NirField.Real([3], [0, 0, 0]) }), "tau");

        void Refused(string name, NirNode node, string said)
        {
            NirFile.Write(path, new NirNode("NIRGraph", new Dictionary<string, NirField>())
            {
                Nodes = new Dictionary<string, NirNode> { ["input"] = input, [name] = node, ["output"] = output },
                Edges = [("input", name), (name, "output")],
            });
            string message = Assert.Throws<InvalidDataException>(() => NirImport.Read(path)).Message;
            Assert.StartsWith(path, message, StringComparison.Ordinal);
            Assert.Contains(name, message, StringComparison.Ordinal);
            Assert.Contains(said, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_loop_is_refused_by_the_name_of_a_node_in_it()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("loop.nir");
        NirNode one = new("Linear", new Dictionary<string, NirField> { ["weight"] = NirField.Real([3, 3], new double[9]) });
        NirFile.Write(path, new NirNode("NIRGraph", new Dictionary<string, NirField>())
        {
            Nodes = new Dictionary<string, NirNode> { ["input"] = new("Input", new Dictionary<string, NirField> { ["shape"] = NirField.Whole(3) }), ["a"] = one, ["b"] = one },
            Edges = [("input", "a"), ("a", "b"), ("b", "a")],
        });

        Assert.Contains("nodes/a", Assert.Throws<InvalidDataException>(() => NirImport.Read(path)).Message, StringComparison.Ordinal);
    }

    private static bool HasForm(NetworkGraph graph) => graph.Nodes.All(node => node.Operation switch
    {
        SumPoolingOperation pooling => graph[node.Inputs[0]].Shape is var read && read.Height % pooling.Size == 0 && read.Width % pooling.Size == 0,
        _ => true,
    });

    private static double[][] Table(string path) =>
        [.. File.ReadLines(TestData.Path(path)).Select(line => line.Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray())];

    /// <summary>The first test recordings with their labels.</summary>
    private static IEnumerable<(int Label, byte[] Recording)> TestDigits(int count)
    {
        using var unpacked = new GZipStream(File.OpenRead(TestData.Path("nmnist/NMNISTsmall.tar.gz")), CompressionMode.Decompress);
        using var archive = new TarReader(unpacked);
        var recordings = new Dictionary<int, byte[]>();
        Dictionary<int, int> labels = [];
        while (archive.GetNextEntry() is { } entry)
        {
            string name = Path.GetFileName(entry.Name);
            if (name == "test100.txt")
            {
                using var text = new StreamReader(entry.DataStream!);
                labels = text.ReadToEnd().Split('\n').Select(line => line.Split((char[])['\t', ' ', '\r'], StringSplitOptions.RemoveEmptyEntries))
                    .Where(words => words.Length == 2 && int.TryParse(words[0], out _)).ToDictionary(words => int.Parse(words[0], CultureInfo.InvariantCulture), words => int.Parse(words[1], CultureInfo.InvariantCulture));
            }
            else if (name.EndsWith(".bs2", StringComparison.Ordinal) && int.Parse(name[..^4], CultureInfo.InvariantCulture) is var number and > 60_000)
            {
                using var bytes = new MemoryStream();
                entry.DataStream!.CopyTo(bytes);
                recordings.Add(number, bytes.ToArray());
            }
        }

        return labels.OrderBy(pair => pair.Key).Take(count).Select(pair => (pair.Value, recordings[pair.Key]));
    }

    /// <summary>Counts a step, [2,34,34]: five bytes an event, x, y, polarity in the highest bit of a 23-bit time in µs.</summary>
    private static IEnumerable<float[]> Frames(byte[] recording, int stepUs)
    {
        var frame = new float[2 * 34 * 34];
        int step = 0;
        for (int i = 0; i + 5 <= recording.Length; i += 5)
        {
            int polarity = recording[i + 2] >> 7, timeUs = ((recording[i + 2] & 0x7F) << 16) | (recording[i + 3] << 8) | recording[i + 4];
            for (; timeUs / stepUs > step; step++)
            {
                yield return frame;
                frame = new float[frame.Length];
            }

            frame[(((polarity * 34) + recording[i + 1]) * 34) + recording[i]]++;
        }

        yield return frame;
    }
}
