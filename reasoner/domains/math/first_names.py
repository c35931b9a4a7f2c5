"""First names in use all over the world, so that the names in a person's own question are likely to be known ones.

In plain letters, none of them an everyday word. `unseen` has others, which stay unknown to every student.
"""

_WORDS = """
Mia Leo Ann Ben Zoe Max Eva Tom Ivy Sam Lin Raj Ada Omar Nina Paul Rosa Hugo Kira Finn Lucy Amir Tess Noah Emma Liam
Olivia Ava Sophia Isabella Amelia Charlotte Harper Evelyn Abigail Emily Ella Elizabeth Camila Luna Sofia Avery Mila
Aria Scarlett Penelope Layla Chloe Victoria Madison Eleanor Nora Riley Zoey Hannah Hazel Violet Aurora Savannah
Audrey Brooklyn Bella Claire Skylar Anna Caroline Genesis Naomi Aaliyah Ruby Kennedy Sarah Allison Gabriella Madelyn
Cora Ariana Eliana Alice Julia Josephine Valentina Lydia Adeline Delilah Clara Vivian Jane Katherine Kate Katie
Margaret Maggie Megan Molly Natalie Natalia Natasha Nicole Rachel Rebecca Becky Ruth Samantha Sandra Sara Sharon
Stephanie Susan Tina Tracy Ursula Vanessa Veronica Wendy Yvonne Zara Agnes Amanda Amy Andrea Angela Anita Annie
Barbara Beth Betty Bianca Brenda Bridget Carla Carmen Carol Cecilia Celia Christina Christine Cindy Connie Daniela
Deborah Denise Diana Donna Doris Dorothy Edith Eileen Elaine Ellen Elise Emilia Erica Esther Fiona Frances Gloria
Greta Heather Heidi Helen Helga Ida Ingrid Irene Iris Jackie Janet Janice Jean Jennifer Jenny Jessica Jill Joan
Joanna Joyce Judith Judy Julie Karen Kathleen Kelly Kim Kristen Laura Lauren Leah Lena Leila Lillian Linda Lisa Liz
Lola Loretta Louise Lucia Maria Marie Marilyn Marina Marta Martha Mary Maya Melanie Melissa Michelle Miranda Monica
Nadia Nancy Nell Norma Pamela Patricia Paula Peggy Phoebe Rita Roberta Robin Rosalind Roxana James Robert John
Michael David William Richard Joseph Thomas Charles Christopher Daniel Matthew Anthony Steven Andrew Kenneth Joshua
Kevin Brian George Edward Ronald Timothy Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin
Scott Brandon Benjamin Samuel Gregory Alexander Alex Patrick Raymond Dennis Jerry Tyler Aaron Jose Adam Nathan Henry
Zachary Douglas Peter Kyle Ethan Walter Jeremy Christian Keith Roger Terry Austin Sean Gerald Carl Harold Dylan
Arthur Lawrence Jordan Jesse Bryan Billy Bruce Gabriel Joe Logan Alan Juan Albert Willie Elijah Wayne Randy Vincent
Mason Roy Ralph Bobby Russell Bradley Philip Eugene Lucas Oliver Jack Harry Charlie Oscar Archie Theodore Freddie
Alfie Isaac Edwin Edgar Felix Jasper Simon Stanley Louis Luke Mateo Mathis Milo Morgan Ned Nick Nigel Norman Owen
Percy Quentin Quinn Ricky Rory Rufus Rupert Seth Sidney Silas Spencer Stuart Ted Tim Toby Tony Trevor Victor Wesley
Xavier Zane Ian Ivan Jake Jamie Jim Jimmy Joel Johnny Jonas Julian Ken Kurt Lars Lance Leon Leonard Lewis Lionel
Lloyd Lorenzo Luca Malcolm Marco Marcus Mario Martin Marvin Maurice Melvin Mike Mitchell Greg Gordon Glen
Gilbert Gavin Fred Frederick Frank Francis Floyd Ernest Emil Elliot Dominic Dmitri Derek Dean Dave Dan Danny Craig
Connor Colin Clifford Clark Chris Cedric Carlos Calvin Caleb Byron Blake Bernard Barry Bart Aisha Fatima Khadija
Maryam Zainab Noor Amina Yasmin Samira Salma Hana Rania Dalia Farah Huda Jamila Karima Lina Malak Mona Rana Reem
Sabrina Safiya Soraya Zahra Mohammed Muhammad Ahmed Ali Hassan Hussein Ibrahim Ismail Khalid Karim Mustafa Mahmoud
Nasser Rashid Samir Tariq Walid Yusuf Youssef Zaid Bilal Farid Habib Hamza Idris Jamal Kamal Priya Ananya Aarav
Vihaan Aditya Arjun Sai Rohan Ishaan Kavya Diya Meera Neha Pooja Riya Shreya Sunita Sita Lakshmi Lata Geeta Indira
Deepa Divya Asha Anjali Anil Ajay Vijay Vikram Suresh Ramesh Rahul Sanjay Sunil Rajesh Prakash Nikhil Mohan Manish
Krishna Kiran Karan Harish Gopal Ganesh Dev Deepak Arun Amit Ashok Tenzin Dorji Pasang Nimal Wei Fang Jing Ming Hui
Xin Yan Ling Mei Hong Tao Bo Chen Hao Jie Lei Qiang Yong Zhen Xiao Lan Hua Ping Yi Haruto Sota Yuto Hiroshi Kenji
Takeshi Akira Daichi Kaito Ren Riku Satoshi Shinji Taro Yamato Sakura Hina Yui Aoi Akiko Emiko Haruka Keiko Mariko
Michiko Misaki Naoko Rin Sayuri Tomoko Yoko Yumi Minjun Seojun Jiho Doyun Hyun Jisoo Minji Soyeon Sujin Yuna Eunji
Haneul Linh Thu Huong Nguyen Minh Duc Quang Tuan Thanh Hai Somchai Malee Siti Dewi Putri Agus Budi Wayan Ketut
Nyoman Ratna Rizal Maricel Rizalino Ligaya Datu Malia Keanu Leilani Moana Sione Tavita Aroha Tane Kahu Ngaio Kwame
Kofi Ama Abena Akua Yaw Kojo Efua Adjoa Chidi Chinedu Ngozi Ifeoma Emeka Amara Adaeze Obinna Tunde Yetunde Femi
Folake Bola Ayo Ade Kemi Segun Zuri Imani Jabari Juma Wanjiru Kamau Njeri Otieno Achieng Makena Wambui Baraka Neema
Rehema Asante Thabo Sipho Nomsa Lindiwe Themba Zanele Ayanda Lerato Naledi Tendai Rudo Tapiwa Chipo Farai Desta
Abebe Tigist Selam Hirut Bekele Yonas Dawit Mulu Fatou Awa Aminata Moussa Mamadou Ousmane Cheikh Modou Ibou Binta
Mariama Sekou Lamine Santiago Matias Sebastian Alejandro Javier Miguel Pedro Pablo Luis Jorge Fernando Francisco
Rafael Ramon Raul Ricardo Rodrigo Salvador Sergio Tomas Vicente Alberto Alfonso Andres Angel Antonio Arturo Cesar
Cristian Eduardo Emilio Enrique Esteban Felipe Gerardo Guillermo Gustavo Hector Ignacio Jaime Joaquin Julio Leonardo
Manuel Mariano Nicolas Ximena Valeria Renata Regina Mariana Luciana Fernanda Guadalupe Dolores Consuelo Catalina
Beatriz Blanca Alicia Alma Ana Belen Carolina Elena Esperanza Estela Gabriela Graciela Ines Isabel Juana Juanita
Leticia Lourdes Lupe Luz Magdalena Margarita Marisol Mercedes Paloma Pilar Raquel Rocio Silvia Soledad Susana Teresa
Yolanda Joao Thiago Caio Davi Enzo Heitor Murilo Vitor Renato Marcelo Fabio Larissa Beatrice Giulia Chiara Alessia
Martina Giorgia Francesca Elisa Federica Ilaria Silvana Matteo Alessandro Riccardo Tommaso Gabriele Giovanni
Giuseppe Paolo Pietro Roberto Salvatore Stefano Umberto Lukas Jan Jens Jurgen Kai Klaus Konrad Lutz Matthias Moritz
Niklas Ralf Rolf Sven Tobias Ulrich Uwe Wolfgang Anke Annika Antje Birgit Britta Elke Frieda Gisela Hanna Hilde Inga
Jutta Karin Katja Katrin Lotte Mathilde Petra Renate Sabine Silke Ulrike Ute Wiebke Anders Arne Bjorn Erik Gustav
Hakan Henrik Johan Kjell Knut Magnus Mikkel Olav Rasmus Soren Stig Tor Torben Astrid Birgitta Ebba Elin Frida
Gunilla Gro Kirsten Linnea Maja Marit Signe Sigrid Solveig Tove Aino Eero Eino Juhani Kaisa Kalle Matti Mikko Paavo
Pekka Sanna Seppo Tarja Timo Toivo Ville Anastasia Boris Daria Ekaterina Galina Grigori Irina Katya Kirill Ksenia
Larisa Lev Lyudmila Maksim Masha Mikhail Misha Nikita Nikolai Oleg Pavel Polina Roman Ruslan Sasha Semyon Sergei
Stepan Svetlana Tamara Tatiana Timur Valentin Vasily Vladimir Yelena Yevgeny Yuri Zoya Bogdan Dragan Goran Ivana
Jelena Jovana Luka Marko Milan Milica Mirjana Nikola Petar Slobodan Stojan Vesna Zoran Agnieszka Andrzej Grzegorz
Jadwiga Jerzy Kasia Krzysztof Magda Marek Piotr Tomasz Wojciech Zofia Jakub Jiri Lenka Milos Pavla Radek Vaclav
Zdenka Attila Bence Csaba Ferenc Gergely Ildiko Istvan Katalin Laszlo Zoltan Zsuzsa Adrian Bogna Costin Ioana Mihai
Radu Stefan Simona Violeta Yannis Nikos Kostas Eleni Dimitris Despina Sofoklis Vasiliki Mehmet Ayse Fatma Emre Elif
Zeynep Murat Deniz Ece Kerem Selin Burak Cem Aylin Sevda Avi Chaim Eitan Noa Shira Tamar Yael Yosef Ezra Miriam
Moshe Rivka Shlomo Reza Shirin Dariush Parisa Kaveh Nasrin Bahram Azadeh Farhad Laleh Siamak Mina Sohrab Aigul Bakyt
Nursultan Gulnara Timurlan Batbayar Oyun Enkh Sarnai Pierre Jacques Claude Marcel Gaston Remy Thierry Yves Luc
Mathieu Antoine Baptiste Bastien Clement Etienne Guillaume Olivier Pascal Sylvain Aurelie Brigitte Camille Celine
Chantal Colette Delphine Elodie Genevieve Helene Isabelle Jeanne Juliette Lucie Manon Margaux Monique Nathalie
Odette Simone Solange Sylvie Aoife Ciara Niamh Siobhan Sinead Roisin Maeve Orla Declan Eamon Cormac Fergus Padraig
Seamus Callum Hamish Angus Ewan Isla Kirsty Morag Rhona Rhys Gareth Bronwen Carys Sian Wim Pieter Joost Sander Daan
Femke Anouk Sanne Maartje Willem Thijs Koen Joris Griet
"""

FIRST_NAMES = tuple(_WORDS.split())
